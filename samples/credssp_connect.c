// SPDX-License-Identifier: GPL-2.0-only
/*
 * An in-kernel consumer of credssp. It connects to an RDP server and negotiates NLA
 * (MS-RDPBCGR 2.2.1.1). A kernel thread then authenticates with a logon key, and
 * sends data over the kTLS stream.
 *
 *	keyctl padd logon credssp:TERMSRV/host @u <payload
 *	insmod credssp_connect.ko addr=10.0.2.2 port=3389 \
 *		target=TERMSRV/host key=SERIAL say=hello
 *	cat /sys/module/credssp_connect/parameters/result
 *
 * It uses include/linux/credssp.h only.
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/key.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#define CONNECT_TIMEOUT_S	10
#define ANSWER_TIMEOUT_MS	10000
#define PROTOCOL_SSL		0x1
#define PROTOCOL_HYBRID		0x2

static char *addr = "127.0.0.1";
module_param(addr, charp, 0444);
MODULE_PARM_DESC(addr, "IPv4 address of the server");

static unsigned short port = 3389;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "TCP port of the server");

static char *target = "TERMSRV/localhost";
module_param(target, charp, 0444);
MODULE_PARM_DESC(target, "service principal name");

static int key;
module_param(key, int, 0444);
MODULE_PARM_DESC(key, "serial of a logon key described credssp:...");

static char *say = "";
module_param(say, charp, 0444);
MODULE_PARM_DESC(say, "data to send over the stream once authenticated");

static char result[128] = "running";
module_param_string(result, result, sizeof(result), 0444);
MODULE_PARM_DESC(result, "result of the authentication (read only)");

/**
 * struct session - one connection and its thread
 * @cred: acquired by the process that loads the module, because a kernel thread
 *	has no keyrings
 * @context: context on @sock; unloading the module cancels it
 * @sock: connection to the server
 * @task: the thread
 * @done: completed when the thread no longer uses the session
 */
static struct session {
	struct credssp_cred *cred;
	struct credssp_context *context;
	struct socket *sock;
	struct task_struct *task;
	struct completion done;
} session;

static int connect_server(struct socket **out)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct socket *sock;
	int ret;

	if (!in4_pton(addr, -1, (u8 *)&sin.sin_addr, -1, NULL))
		return -EINVAL;
	ret = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (ret)
		return ret;
	sock->sk->sk_sndtimeo = CONNECT_TIMEOUT_S * HZ;
	sock->sk->sk_rcvtimeo = CONNECT_TIMEOUT_S * HZ;
	/* A struct sockaddr_unsized from 6.19 on. */
	ret = kernel_connect(sock, (void *)&sin, sizeof(sin), 0);
	if (ret) {
		sock_release(sock);
		return ret;
	}
	*out = sock;
	return 0;
}

static int transfer(struct socket *sock, void *buf, size_t len, bool send)
{
	struct msghdr msg = { .msg_flags = send ? 0 : MSG_WAITALL };
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	int ret;

	if (send)
		ret = kernel_sendmsg(sock, &msg, &vec, 1, len);
	else
		ret = kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_WAITALL);
	if (ret < 0)
		return ret;
	return ret == len ? 0 : -ECONNRESET;
}

/* X.224 Connection Request with RDP_NEG_REQ. The server must select NLA. */
static int negotiate(struct socket *sock)
{
	u8 request[] = { 3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0,
			 1, 0, 8, 0, PROTOCOL_SSL | PROTOCOL_HYBRID, 0, 0, 0 };
	u8 answer[19];
	int ret;

	ret = transfer(sock, request, sizeof(request), true);
	if (ret)
		return ret;
	ret = transfer(sock, answer, sizeof(answer), false);
	if (ret)
		return ret;
	if (answer[0] != 3 || answer[3] != sizeof(answer) || answer[5] != 0xd0 ||
	    answer[11] != 2 || answer[15] != PROTOCOL_HYBRID)
		return -EPROTO;
	return 0;
}

/* A kernel caller passes the target name as UTF-16 in vmalloc'd memory. */
static __le16 *virtual_target(void)
{
	size_t i, len = strlen(target);
	__le16 *name = vmalloc((len + 1) * sizeof(*name));

	for (i = 0; name && i <= len; i++)
		name[i] = cpu_to_le16((u8)target[i]);
	return name;
}

static s32 authenticate(struct session *s)
{
	__le16 *name = virtual_target();
	u32 attributes;
	s32 status;

	if (!name)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = credssp_initialize_security_context(s->cred, s->context, name,
						     ISC_REQ_DELEGATE, 0,
						     SECURITY_NATIVE_DREP, NULL, 0,
						     NULL, NULL, &attributes, NULL);
	vfree(name);
	return status;
}

/* Send @say. Return the number of bytes that the server echoes, or an error. */
static ssize_t talk(struct session *s)
{
	size_t len = strlen(say);
	ssize_t got;
	char *buf;

	if (!len)
		return 0;
	buf = kmalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	got = transfer(s->sock, say, len, true);
	if (got)
		goto out;
	got = credssp_recv(s->sock, buf, len, ANSWER_TIMEOUT_MS);
	if (got > 0 && memcmp(buf, say, got))
		got = -EBADMSG;
out:
	kfree(buf);
	return got;
}

static int run(void *data)
{
	struct session *s = data;
	s32 status;

	status = authenticate(s);
	if (status == SEC_E_OK)
		snprintf(result, sizeof(result), "authenticated, answer %zd bytes",
			 talk(s));
	else
		snprintf(result, sizeof(result), "refused 0x%08x", (u32)status);
	complete(&s->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int acquire(struct session *s)
{
	struct credssp_acquire args = { .use = SECPKG_CRED_OUTBOUND, .mechs = CREDSSP_MECH_NTLM };
	s32 status;

	args.key = credssp_lookup_key(key);
	if (IS_ERR(args.key))
		return PTR_ERR(args.key);
	status = credssp_acquire_credentials_handle(&args, &s->cred, NULL);
	key_put(args.key);
	return status == SEC_E_OK ? 0 : -EACCES;
}

static void release(struct session *s)
{
	credssp_delete_security_context(s->context);
	credssp_free_credentials_handle(s->cred);
	if (s->sock)
		sock_release(s->sock);
}

static int __init credssp_connect_init(void)
{
	struct session *s = &session;
	int ret;

	init_completion(&s->done);
	ret = acquire(s);
	if (ret)
		return ret;
	ret = connect_server(&s->sock);
	if (ret)
		goto err_release;
	ret = negotiate(s->sock);
	if (ret)
		goto err_release;
	ret = -EINVAL;
	if (credssp_attach_socket(s->cred, s->sock, &s->context) != SEC_E_OK)
		goto err_release;
	s->task = kthread_run(run, s, "credssp_connect");
	ret = PTR_ERR_OR_ZERO(s->task);
	if (ret)
		goto err_release;
	return 0;

err_release:
	release(s);
	return ret;
}

static void __exit credssp_connect_exit(void)
{
	struct session *s = &session;

	credssp_cancel(s->context);
	kernel_sock_shutdown(s->sock, SHUT_RDWR);
	wait_for_completion(&s->done);
	kthread_stop(s->task);
	release(s);
}

module_init(credssp_connect_init);
module_exit(credssp_connect_exit);

MODULE_DESCRIPTION("Sample consumer of credssp: an RDP client's authentication");
MODULE_LICENSE("GPL");
