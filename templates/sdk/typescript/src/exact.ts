/**
 * JSON in which amounts stay exact: they are texts of digits in TypeScript, and numbers on their way.
 *
 * `SHAPES` says of each type which members are amounts (`#`), or hold some further down.
 */

import { SHAPES } from "./shapes.js";

/** An exact amount: its digits, as they came, such as `"4425.00"`. Reckon with a library of decimals. */
export type Decimal = string;
/** An amount to send: digits, or a number that JavaScript writes as you mean it. */
export type DecimalInput = string | number;

const AMOUNT = "#";
const DIGITS = /^-?\d+(\.\d+)?$/;
const TEXT = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Read JSON as a type; without one every number is a number. Throws SyntaxError. */
export function parse(json: string, shape = ""): unknown {
  return new Reader(json).whole(shape);
}

/** Write a value of a type as JSON. Throws TypeError for what is no amount where one belongs. */
export function written(value: unknown, shape = ""): string {
  if (shape === AMOUNT && typeof value === "string") {
    if (!DIGITS.test(value)) throw new TypeError(`"${value}" is no amount: write digits with a point.`);
    return value;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${value} cannot be sent.`);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map((each: unknown) => written(each ?? null, shape)).join(",")}]`;
  if (value === null || typeof value !== "object" || value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `${JSON.stringify(name)}:${written(each, SHAPES[shape]?.[name])}`);
  return `{${members.join(",")}}`;
}

class Reader {
  private at = 0;

  constructor(private readonly json: string) {}

  whole(shape: string): unknown {
    const value = this.value(shape);
    this.skip();
    if (this.at < this.json.length) this.refuse();
    return value;
  }

  private value(shape: string): unknown {
    this.skip();
    switch (this.json[this.at]) {
      case "{":
        return this.object(shape);
      case "[":
        return this.list(shape);
      case '"':
        return this.text();
      case "t":
      case "f":
      case "n":
        return JSON.parse(this.taken(WORD)) as unknown;
      default: {
        const digits = this.taken(NUMBER);
        return shape === AMOUNT ? digits : Number(digits);
      }
    }
  }

  private object(shape: string): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    const members = SHAPES[shape];
    this.each("}", () => {
      const name = this.text();
      this.expect(":");
      const value = this.value(members?.[name] ?? "");
      // A member of this name would otherwise change what the object is.
      if (name === "__proto__") Object.defineProperty(made, name, { value, enumerable: true });
      else made[name] = value;
    });
    return made;
  }

  private list(shape: string): unknown[] {
    const made: unknown[] = [];
    this.each("]", () => made.push(this.value(shape)));
    return made;
  }

  /** Read what stands between brackets, element by element. */
  private each(closing: string, read: () => void): void {
    this.at += 1;
    this.skip();
    if (this.json[this.at] === closing) {
      this.at += 1;
      return;
    }
    do {
      this.skip();
      read();
      this.skip();
    } while (this.json[this.at++] === ",");
    if (this.json[this.at - 1] !== closing) this.refuse();
  }

  private text(): string {
    return JSON.parse(this.taken(TEXT)) as string;
  }

  private expect(sign: string): void {
    this.skip();
    if (this.json[this.at++] !== sign) this.refuse();
  }

  private skip(): void {
    this.taken(SPACE);
  }

  private taken(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.json);
    if (found === null) return this.refuse();
    this.at = pattern.lastIndex;
    return found[0];
  }

  private refuse(): never {
    throw new SyntaxError(`No JSON at ${this.at}.`);
  }
}
