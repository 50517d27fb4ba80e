<?php
// Is this webhook from FinzBooks, unchanged, and not older than five minutes?
//
// In your receiver: take the body as it came, file_get_contents('php://input'), and call one of the two functions.
// By hand: php verify.php aibooks SECRET SIGNATURE < body, php verify.php standard SECRET ID TIMESTAMP SIGNATURE < body

declare(strict_types=1);

const TOLERANCE = 300;

/** X-AIBooks-Signature: t=<unix>,v1=<hex>, while a secret is replaced with two v1. */
function verify_aibooks(string $body, string $signature, string $secret): bool
{
    $parts = explode(',', $signature);
    $moment = '';
    foreach ($parts as $part) {
        if (str_starts_with($part, 't=')) {
            $moment = substr($part, 2);
        }
    }
    return is_recent($moment) && one_equals($parts, 'v1=' . hash_hmac('sha256', "$moment.$body", $secret));
}

/** Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,<base64>, divided by spaces). */
function verify_standard(string $body, string $id, string $moment, string $signatures, string $secret): bool
{
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$moment.$body", $key, true));
    return is_recent($moment) && one_equals(explode(' ', $signatures), $expected);
}

function one_equals(array $given, string $expected): bool
{
    foreach ($given as $each) {
        if (hash_equals($expected, $each)) { // takes the same time wherever they differ
            return true;
        }
    }
    return false;
}

function is_recent(string $moment): bool
{
    return preg_match('/^[0-9]{1,12}$/D', $moment) === 1 && abs(time() - (int) $moment) <= TOLERANCE;
}

if (realpath($argv[0] ?? '') === __FILE__) {
    [, $scheme, $secret] = $argv;
    $body = file_get_contents('php://stdin');
    $headers = array_slice($argv, 3);
    $is_good = $scheme === 'aibooks'
        ? verify_aibooks($body, $headers[0], $secret)
        : verify_standard($body, $headers[0], $headers[1], $headers[2], $secret);
    echo $is_good ? "good\n" : "bad\n";
    exit($is_good ? 0 : 1);
}
