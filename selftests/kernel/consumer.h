/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of the test module credssp_consumer. */
#ifndef CONSUMER_H
#define CONSUMER_H

#include <linux/completion.h>
#include <linux/credssp.h>

struct cred;
struct key;
struct task_struct;

/* Room for the longest token. */
#define CONSUMER_ROOM	CREDSSP_MAX_TOKEN

/**
 * struct consumer - state of the tests
 * @user: credentials of the process that loaded the module, for which the tests act
 * @key: logon key of @user
 * @keyring: keyring of @user with a key for TERMSRV/localhost
 * @empty: keyring of @user without keys
 * @port: TCP port of the peer
 * @task, @done: the thread that runs the tests, and its end
 * @wrong: the running test has failed at @line, where @got was not @want
 */
struct consumer {
	const struct cred *user;
	struct key *key;
	struct key *keyring;
	struct key *empty;
	u16 port;
	struct task_struct *task;
	struct completion done;
	bool wrong;
	int line;
	u32 got;
	u32 want;
};

void consumer_expect(struct consumer *c, u32 got, u32 want, int line);
void consumer_verdict(struct consumer *c, const char *name);

/* Note the first check that fails. */
#define EXPECT_EQ(c, got, want)	consumer_expect(c, got, want, __LINE__)
#define EXPECT(c, cond)		consumer_expect(c, !!(cond), 1, __LINE__)

/* vmalloc()'d, or NULL. */
__le16 *consumer_utf16(const char *ascii);

/* util.c: a credential from the key, or NULL. */
struct credssp_cred *consumer_acquire(struct consumer *c, u32 mechs);

/**
 * struct call - one call of InitializeSecurityContext
 * @target: NUL-terminated, in virtual memory
 * @req: ISC_REQ_*
 * @context: NULL before the first call; kept here
 * @in: TOKEN and EMPTY of a later call
 * @out: TOKEN
 * @attr: out
 */
struct call {
	const __le16 *target;
	u32 req;
	struct credssp_context *context;
	struct credssp_buffer in[2];
	struct credssp_buffer out;
	u32 attr;
};

s32 consumer_call(struct credssp_cred *cred, struct call *call);
/* A whole exchange with the peer: the context, or NULL; @sock: out. */
struct credssp_context *consumer_exchange(struct consumer *c, struct credssp_cred *cred,
					  u32 req, struct socket **sock);

/* net.c: sockets of init_net; 0 or a negative errno. */
int consumer_connect(u16 port, struct socket **sock);
/* A server that listens and never answers, and a socket that is connected to it. */
int consumer_silent(struct socket **listener, struct socket **sock);
/* A further connection to it. */
int consumer_connect_again(struct socket *listener, struct socket **sock);
int consumer_send(struct socket *sock, const void *p, size_t len);
/* Receive one TLS record with its header: its length, or a negative errno. */
int consumer_record(struct socket *sock, void *p, size_t room);

/* The tests: async.c, handles.c, keys.c, memory.c, messages.c, threads.c */
void consumer_for_whom(struct consumer *c);
void consumer_null(struct consumer *c);
void consumer_packages(struct consumer *c);
void consumer_inner(struct consumer *c);
void consumer_key_of_another(struct consumer *c);
void consumer_pool_target(struct consumer *c);
void consumer_bad_targets(struct consumer *c);
void consumer_utf16_target(struct consumer *c);
void consumer_first_buffers(struct consumer *c);
void consumer_later_buffers(struct consumer *c);
void consumer_message_buffers(struct consumer *c);
void consumer_tokens(struct consumer *c);
void consumer_allocated(struct consumer *c);
void consumer_messages(struct consumer *c);
void consumer_attributes(struct consumer *c);
void consumer_socket(struct consumer *c);
void consumer_cancel(struct consumer *c);
void consumer_delete(struct consumer *c);
void consumer_async(struct consumer *c);
void consumer_async_arguments(struct consumer *c);
void consumer_async_chain(struct consumer *c);
void consumer_async_cancel(struct consumer *c);
void consumer_async_free(struct consumer *c);
void consumer_async_sweep(struct consumer *c);
void consumer_async_many(struct consumer *c);
void consumer_async_crowd(struct consumer *c);
void consumer_async_timeouts(struct consumer *c);
void consumer_keyring(struct consumer *c);
void consumer_empty_keyring(struct consumer *c);
void consumer_keyring_arguments(struct consumer *c);

#endif
