// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer of the in-kernel API that makes correct and wrong calls from a kernel
 * thread.  Loading it runs the tests; their results, as TAP, are in
 * /sys/module/credssp_consumer/parameters/results.
 *
 *	insmod credssp_consumer.ko port=PORT key=SERIAL keyring=SERIAL empty=SERIAL
 *
 * The peer at 127.0.0.1:PORT echoes what it receives over the stream.  The key is a
 * logon key described credssp:TERMSRV/localhost; one keyring has such a key, the other one
 * is empty.  The module uses no other header of
 * credssp than include/linux/credssp.h.
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/delay.h>
#include <linux/key.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "consumer.h"

static unsigned short port;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "TCP port of the peer on 127.0.0.1");

static int key;
module_param(key, int, 0444);
MODULE_PARM_DESC(key, "serial of a logon key for TERMSRV/localhost");

static int keyring;
module_param(keyring, int, 0444);
MODULE_PARM_DESC(keyring, "serial of a keyring with a key for TERMSRV/localhost");

static int empty;
module_param(empty, int, 0444);
MODULE_PARM_DESC(empty, "serial of a keyring without keys");

/* sysfs shows one page, which has room for a line per test. */
static char results[PAGE_SIZE];
static size_t results_len;
static unsigned int count;

static int get_results(char *buffer, const struct kernel_param *kp)
{
	memcpy(buffer, results, results_len);
	return results_len;
}

static const struct kernel_param_ops results_ops = { .get = get_results };
module_param_cb(results, &results_ops, NULL, 0444);
MODULE_PARM_DESC(results, "results of the tests, as TAP (read only)");

static __printf(1, 2) void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	results_len += vscnprintf(results + results_len, sizeof(results) - results_len,
				  format, args);
	va_end(args);
}

void consumer_verdict(struct consumer *c, const char *name)
{
	say("%s %u - %s\n", c->wrong ? "not ok" : "ok", ++count, name);
	if (c->wrong)
		say("# line %d: 0x%08x, not 0x%08x\n", c->line, c->got, c->want);
	c->wrong = false;
}

void consumer_expect(struct consumer *c, u32 got, u32 want, int line)
{
	if (got == want || c->wrong)
		return;
	c->wrong = true;
	c->line = line;
	c->got = got;
	c->want = want;
}

__le16 *consumer_utf16(const char *ascii)
{
	size_t i, len = strlen(ascii);
	__le16 *name = vmalloc((len + 1) * sizeof(*name));

	for (i = 0; name && i <= len; i++)
		name[i] = cpu_to_le16((u8)ascii[i]);
	return name;
}

static const struct {
	void (*run)(struct consumer *c);
	const char *name;
} tests[] = {
	{ consumer_for_whom, "a kernel thread must say for whom it acts" },
	{ consumer_null, "NULL is no handle" },
	{ consumer_packages, "packages are listed, and found by name" },
	{ consumer_pool_target, "a target name outside virtual memory is refused" },
	{ consumer_bad_targets, "a target name must end, and be valid UTF-16" },
	{ consumer_utf16_target, "a target name is UTF-16: beyond ASCII, beyond the BMP" },
	{ consumer_first_buffers, "output outside virtual memory is refused, and no context made" },
	{ consumer_later_buffers, "... of a later call as well, and the context is dead" },
	{ consumer_tokens, "an exchange by tokens in the caller's buffers" },
	{ consumer_allocated, "an exchange by tokens that the module allocates, SPNEGO" },
	{ consumer_messages, "messages sealed and opened in place" },
	{ consumer_message_buffers, "messages outside virtual memory are refused, without harm" },
	{ consumer_attributes, "attributes: sizes, names, times, and the session key" },
	{ consumer_socket, "the whole exchange on a kernel socket, and its stream" },
	{ consumer_cancel, "credssp_cancel() under a spinlock ends another thread's call" },
	{ consumer_delete, "Delete ends another thread's call" },
	{ consumer_async, "an exchange on the module's thread, and send, poll, shutdown" },
	{ consumer_async_arguments, "... whose wrong arguments leave the socket intact" },
	{ consumer_async_chain, "done() may submit the next call and free its own handle" },
	{ consumer_async_cancel, "a call is cancelled under a spinlock" },
	{ consumer_async_free, "freeing a handle waits for done()" },
	{ consumer_async_sweep, "a call is cancelled in every leg" },
	{ consumer_async_many, "100 calls at once" },
	{ consumer_async_crowd, "400 calls are cancelled, in the queue too" },
	{ consumer_async_timeouts, "400 calls run out of time, in the queue too" },
	{ consumer_keyring, "a kernel thread finds the key in the keyring that it names" },
	{ consumer_empty_keyring, "... and no other key" },
	{ consumer_keyring_arguments, "a keyring excludes other identities, and is a keyring" },
	{ consumer_inner, "inner packages on their own make tokens without a helper" },
	{ consumer_key_of_another, "a key for another target is no credential" },
};

static int run(void *data)
{
	struct consumer *c = data;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		tests[i].run(c);
		consumer_verdict(c, tests[i].name);
	}
	say("1..%u\n", count);
	complete(&c->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static struct consumer consumer;

static void forget(struct consumer *c)
{
	put_cred(c->user);
	key_put(c->key);
	key_put(c->keyring);
	key_put(c->empty);
}

/* Keys are looked up in the process that loads the module: threads have no keyrings. */
static int look_up(s32 serial, struct key **found)
{
	struct key *got = credssp_lookup_key(serial);

	if (IS_ERR(got))
		return PTR_ERR(got);
	*found = got;
	return 0;
}

static int __init credssp_consumer_init(void)
{
	struct consumer *c = &consumer;
	struct task_struct *task;
	int ret;

	c->user = get_current_cred();
	c->port = port;
	init_completion(&c->done);
	ret = look_up(key, &c->key);
	if (!ret)
		ret = look_up(keyring, &c->keyring);
	if (!ret)
		ret = look_up(empty, &c->empty);
	if (!ret) {
		task = kthread_run(run, c, "credssp_consumer");
		ret = PTR_ERR_OR_ZERO(task);
	}
	if (ret)
		forget(c);
	else
		c->task = task;
	return ret;
}

static void __exit credssp_consumer_exit(void)
{
	struct consumer *c = &consumer;

	wait_for_completion(&c->done);
	kthread_stop(c->task);
	forget(c);
}

module_init(credssp_consumer_init);
module_exit(credssp_consumer_exit);

MODULE_DESCRIPTION("Tests of credssp's in-kernel API");
MODULE_LICENSE("GPL");
