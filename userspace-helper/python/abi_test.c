// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the layouts and numbers that requests_credssp repeats, for abi_test.py. */
#include <stddef.h>
#include <stdio.h>

#include <credssp.h>

#define SIZE(type)		printf("size %s %zu\n", #type, sizeof(struct type))
#define MEMBER(type, member)	printf("member %s %s %zu %zu\n", #type, #member,		\
				       offsetof(struct type, member),				\
				       sizeof(((struct type *)0)->member))
#define NUMBER(name)		printf("number %s %lld\n", #name, (long long)(name))

static void print_acquire(void)
{
	SIZE(credssp_acquire);
	MEMBER(credssp_acquire, use);
	MEMBER(credssp_acquire, encoding);
	MEMBER(credssp_acquire, mechs);
	MEMBER(credssp_acquire, min_version);
	MEMBER(credssp_acquire, max_version);
	MEMBER(credssp_acquire, key);
	MEMBER(credssp_acquire, user);
	MEMBER(credssp_acquire, domain);
	MEMBER(credssp_acquire, password);
	MEMBER(credssp_acquire, user_length);
	MEMBER(credssp_acquire, domain_length);
	MEMBER(credssp_acquire, password_length);
	MEMBER(credssp_acquire, cert_length);
	MEMBER(credssp_acquire, cert);
	MEMBER(credssp_acquire, pin_count);
	MEMBER(credssp_acquire, pins);
	MEMBER(credssp_acquire, package);
	MEMBER(credssp_acquire, ticket_source);
	MEMBER(credssp_acquire, flags);
	MEMBER(credssp_acquire, tickets_length);
	MEMBER(credssp_acquire, realm_length);
	MEMBER(credssp_acquire, tickets);
	MEMBER(credssp_acquire, realm);
}

static void print_buffers(void)
{
	SIZE(credssp_buffer);
	MEMBER(credssp_buffer, type);
	MEMBER(credssp_buffer, length);
	MEMBER(credssp_buffer, data);
	SIZE(credssp_buffer_desc);
	MEMBER(credssp_buffer_desc, version);
	MEMBER(credssp_buffer_desc, count);
	MEMBER(credssp_buffer_desc, buffers);
	SIZE(credssp_timestamp);
	MEMBER(credssp_timestamp, local);
	MEMBER(credssp_timestamp, utc);
	SIZE(credssp_stream_sizes);
	MEMBER(credssp_stream_sizes, header);
	MEMBER(credssp_stream_sizes, trailer);
	MEMBER(credssp_stream_sizes, maximum_message);
	MEMBER(credssp_stream_sizes, buffers);
	MEMBER(credssp_stream_sizes, block_size);
}

static void print_report(void)
{
	SIZE(credssp_report);
	MEMBER(credssp_report, leg);
	MEMBER(credssp_report, reason);
	MEMBER(credssp_report, ntstatus);
	MEMBER(credssp_report, tls_alert);
	MEMBER(credssp_report, tls_version);
	MEMBER(credssp_report, tls_cipher);
	MEMBER(credssp_report, credssp_version);
	MEMBER(credssp_report, peer_version);
	MEMBER(credssp_report, mech);
	MEMBER(credssp_report, trust);
	MEMBER(credssp_report, facts);
	MEMBER(credssp_report, cert_length);
	MEMBER(credssp_report, mech_package);
	MEMBER(credssp_report, cert_sha256);
	MEMBER(credssp_report, passed_over);
	MEMBER(credssp_report, krb_error);
	MEMBER(credssp_report, skew);
	MEMBER(credssp_report, kdc_messages);
	MEMBER(credssp_report, delegated);
}

static void print_numbers(void)
{
	NUMBER(SEC_E_OK);
	NUMBER(SEC_I_CONTINUE_NEEDED);
	NUMBER(SEC_I_INCOMPLETE_CREDENTIALS);
	NUMBER(SEC_E_INCOMPLETE_MESSAGE);
	NUMBER(SECBUFFER_VERSION);
	NUMBER(SECBUFFER_EMPTY);
	NUMBER(SECBUFFER_DATA);
	NUMBER(SECBUFFER_TOKEN);
	NUMBER(SECBUFFER_EXTRA);
	NUMBER(SECBUFFER_STREAM_TRAILER);
	NUMBER(SECBUFFER_STREAM_HEADER);
	NUMBER(SECPKG_CRED_OUTBOUND);
	NUMBER(SECURITY_NATIVE_DREP);
	NUMBER(CREDSSP_IDENTITY_UTF8);
	NUMBER(CREDSSP_MAX_TOKEN);
	NUMBER(ISC_REQ_DELEGATE);
	NUMBER(ISC_REQ_MUTUAL_AUTH);
	NUMBER(ISC_REQ_REPLAY_DETECT);
	NUMBER(ISC_REQ_SEQUENCE_DETECT);
	NUMBER(ISC_REQ_CONFIDENTIALITY);
	NUMBER(ISC_REQ_ALLOCATE_MEMORY);
	NUMBER(ISC_REQ_EXTENDED_ERROR);
	NUMBER(ISC_REQ_INTEGRITY);
	NUMBER(ISC_REQ_MANUAL_CRED_VALIDATION);
	NUMBER(CREDSSP_MECH_NEGOTIATE);
	NUMBER(CREDSSP_MECH_NTLM);
	NUMBER(CREDSSP_MECH_KERBEROS);
	NUMBER(CREDSSP_TICKETS_CCACHE);
	NUMBER(CREDSSP_TICKETS_KEYTAB);
	NUMBER(CREDSSP_FACT_NTSTATUS);
	NUMBER(CREDSSP_MIN_VERSION);
	NUMBER(CREDSSP_MAX_PINS);
	NUMBER(CREDSSP_PIN_SIZE);
	NUMBER(CREDSSP_LEG_PUBKEY);
}

int main(void)
{
	print_acquire();
	print_buffers();
	print_report();
	print_numbers();
	return 0;
}
