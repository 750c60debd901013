/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channel bindings and their digests, RFC 4121 4.1.1.2. The first one is the published
 * example of tls-server-end-point (RFC 5929 4) that open NTLM implementations test with;
 * the others were computed with Python's hashlib.
 */
#ifndef KUNIT_VECTORS_BINDINGS_H
#define KUNIT_VECTORS_BINDINGS_H

/* "tls-server-end-point:" and the SHA-256 of a certificate */
static const char bindings_application[] =
	"746c732d7365727665722d656e642d706f696e743a"
	"e3ca49271e5089cc48ce82109f1324f41dbeddc29a777410c738f7868c4ff405";
static const char bindings_digest[] = "6ea19df066da4622051f9c4f92c6df74";

/* IPv4 (2) 192.0.2.1 and 192.0.2.2, and "abc" */
static const char bindings_addresses_digest[] = "a5822ce81bcdde70306b8851a5a3b6a6";

/* Nothing at all: the digest of 20 zeros */
static const char bindings_empty_digest[] = "441018525208457705bf09a8ee3c1093";

#endif
