// Is this webhook from FinzBooks, unchanged, and not older than five minutes?
//
// In your receiver: take the body as raw bytes (io.ReadAll(request.Body)), before anything parses it, and call one of
// the two functions.
// By hand: go run verify.go aibooks SECRET SIGNATURE < body, go run verify.go standard SECRET ID TIMESTAMP SIGNATURE < body
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300

// VerifyAibooks takes X-AIBooks-Signature: t=<unix>,v1=<hex>, while a secret is replaced with two v1.
func VerifyAibooks(body []byte, signature, secret string) bool {
	parts, moment := strings.Split(signature, ","), ""
	for _, part := range parts {
		if strings.HasPrefix(part, "t=") {
			moment = part[2:]
		}
	}
	expected := "v1=" + hex.EncodeToString(mac([]byte(secret), moment+".", body))
	return isRecent(moment) && oneEquals(parts, expected)
}

// VerifyStandard takes the headers of Standard Webhooks: webhook-id, webhook-timestamp, and webhook-signature, which is
// v1,<base64>, divided by spaces.
func VerifyStandard(body []byte, id, moment, signatures, secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	expected := "v1," + base64.StdEncoding.EncodeToString(mac(key, id+"."+moment+".", body))
	return isRecent(moment) && oneEquals(strings.Split(signatures, " "), expected)
}

func mac(key []byte, head string, body []byte) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(head))
	hash.Write(body)
	return hash.Sum(nil)
}

func oneEquals(given []string, expected string) bool {
	for _, each := range given {
		if hmac.Equal([]byte(each), []byte(expected)) { // takes the same time wherever they differ
			return true
		}
	}
	return false
}

func isRecent(moment string) bool {
	seconds, err := strconv.ParseInt(moment, 10, 64)
	age := time.Now().Unix() - seconds
	return err == nil && -tolerance <= age && age <= tolerance
}

func main() {
	body, _ := io.ReadAll(os.Stdin)
	secret, headers, isGood := os.Args[2], os.Args[3:], false
	if os.Args[1] == "aibooks" {
		isGood = VerifyAibooks(body, headers[0], secret)
	} else {
		isGood = VerifyStandard(body, headers[0], headers[1], headers[2], secret)
	}
	if !isGood {
		fmt.Println("bad")
		os.Exit(1)
	}
	fmt.Println("good")
}
