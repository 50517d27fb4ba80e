import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Is this webhook from FinzBooks, unchanged, and not older than five minutes?
 *
 * <p>In your receiver: take the body as raw bytes, before anything parses it (in Spring: @RequestBody byte[]), and call
 * one of the two methods. By hand: java Verify.java aibooks SECRET SIGNATURE &lt; body, or java Verify.java standard
 * SECRET ID TIMESTAMP SIGNATURE &lt; body. Java 17 or later.
 */
public final class Verify {
    private static final long TOLERANCE = 300;

    /** X-AIBooks-Signature: t=(unix),v1=(hex), while a secret is replaced with two v1. */
    public static boolean aibooks(byte[] body, String signature, String secret) {
        String[] parts = signature.split(",");
        String moment = Arrays.stream(parts).filter(part -> part.startsWith("t=")).map(part -> part.substring(2))
            .findFirst().orElse("");
        byte[] digest = mac(secret.getBytes(StandardCharsets.UTF_8), moment + ".", body);
        return isRecent(moment) && oneEquals(parts, "v1=" + HexFormat.of().formatHex(digest));
    }

    /** Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,(base64), divided by spaces). */
    public static boolean standard(byte[] body, String id, String moment, String signatures, String secret) {
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        byte[] digest = mac(key, id + "." + moment + ".", body);
        return isRecent(moment) && oneEquals(signatures.split(" "), "v1," + Base64.getEncoder().encodeToString(digest));
    }

    private static byte[] mac(byte[] key, String head, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent); // every Java has it
        }
    }

    private static boolean oneEquals(String[] given, String expected) {
        byte[] wanted = expected.getBytes(StandardCharsets.UTF_8);
        return Arrays.stream(given) // isEqual takes the same time wherever they differ
            .anyMatch(each -> MessageDigest.isEqual(wanted, each.getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isRecent(String moment) {
        return moment.matches("[0-9]{1,12}")
            && Math.abs(Instant.now().getEpochSecond() - Long.parseLong(moment)) <= TOLERANCE;
    }

    public static void main(String[] said) throws java.io.IOException {
        byte[] body = System.in.readAllBytes();
        boolean isGood = said[0].equals("aibooks")
            ? aibooks(body, said[2], said[1])
            : standard(body, said[2], said[3], said[4], said[1]);
        System.out.println(isGood ? "good" : "bad");
        System.exit(isGood ? 0 : 1);
    }
}
