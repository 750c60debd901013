// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "credssp: " fmt

#include "verdict.h"

#include <linux/build_bug.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/ipv6.h>

#include "../base/names.h"
#include "../base/requester.h"
#include "../base/trace.h"

/* The longest address: an IPv6 one that ends like an IPv4 one, and a NUL. */
#define PEER_SIZE	sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
/* Quotes, "..." and a NUL around CSSP_VERDICT_NAME_MAX bytes. */
#define NAME_SIZE	(CSSP_VERDICT_NAME_MAX + sizeof("\"\"..."))
/* The longest escape: \xNN */
#define ESCAPE_MAX	4

static_assert(CSSP_VERDICT_LINE_MAX > 3 * NAME_SIZE + 256);

static void verdict_print_peer(const struct credssp_verdict *v, char peer[PEER_SIZE])
{
	struct in6_addr in6;

	memcpy(&in6, v->address, sizeof(in6));
	if (v->family == AF_INET)
		snprintf(peer, PEER_SIZE, "%pI4", v->address);
	else if (v->family != AF_INET6)
		strscpy(peer, "-", PEER_SIZE);
	else if (ipv6_addr_v4mapped(&in6))
		snprintf(peer, PEER_SIZE, "%pI4", &in6.s6_addr32[3]);
	else
		snprintf(peer, PEER_SIZE, "%pI6c", &in6);
}

/*
 * One byte of a name. A quote is always the end of the name, and a backslash always the start
 * of an escape. A terminal or a reader of lines sees printable ASCII only.
 */
static int verdict_escape(u8 byte, char text[ESCAPE_MAX + 1])
{
	if (byte == '\\')
		return snprintf(text, ESCAPE_MAX + 1, "\\\\");
	if (byte < ' ' || byte > '~' || byte == '"')
		return snprintf(text, ESCAPE_MAX + 1, "\\x%02x", byte);
	return snprintf(text, ESCAPE_MAX + 1, "%c", byte);
}

/* A name in quotes. An escape is not cut in two. */
static void verdict_print_name(const struct cssp_vbuf *name, char text[NAME_SIZE])
{
	size_t length = strnlen((const char *)name->data, name->len), i;
	struct cssp_wr wr = cssp_wr_of(text, NAME_SIZE - 1);
	char escape[ESCAPE_MAX + 1];
	int n;

	cssp_wr_u8(&wr, '"');
	for (i = 0; i < length; i++) {
		n = verdict_escape(name->data[i], escape);
		if (wr.len + n > 1 + CSSP_VERDICT_NAME_MAX)
			break;
		cssp_wr_copy(&wr, escape, n);
	}
	cssp_wr_u8(&wr, '"');
	if (i < length)
		cssp_wr_copy(&wr, "...", 3);
	text[wr.len] = '\0';
}

static const char *verdict_mech(u32 package)
{
	switch (package) {
	case CREDSSP_PACKAGE_NTLM:
		return "ntlm";
	case CREDSSP_PACKAGE_KERBEROS:
		return "kerberos";
	}
	return "-";
}

static size_t verdict_print_facts(const struct credssp_verdict *v, char *line)
{
	char peer[PEER_SIZE], scope[sizeof(" scope 4294967295")] = "";

	verdict_print_peer(v, peer);
	if (v->scope)
		snprintf(scope, sizeof(scope), " scope %u", v->scope);
	return scnprintf(line, CSSP_VERDICT_LINE_MAX,
			 "accept from %s port %u%s status %s reason %s leg %s mech %s version %u ntstatus 0x%08x delegated %s",
			 peer, v->port, scope, cssp_status_name(v->status),
			 cssp_reason_name(v->reason), cssp_leg_name(v->leg),
			 verdict_mech(v->mech), v->version, v->ntstatus,
			 cssp_delegated_name(v->delegated));
}

void cssp_verdict_line(const struct cssp_verdict *v, char *line)
{
	const struct {
		const char *label;
		const struct cssp_vbuf *name;
	} names[] = {
		{ "account", &v->account },
		{ "user", &v->user },
		{ "workstation", &v->workstation },
	};
	size_t n = verdict_print_facts(&v->v, line), i;
	char text[NAME_SIZE];

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		verdict_print_name(names[i].name, text);
		n += scnprintf(line + n, CSSP_VERDICT_LINE_MAX - n, " %s %s", names[i].label, text);
	}
}

bool cssp_verdict_may_log(struct cssp_verdict_limit *limit, unsigned long now,
			  unsigned int *suppressed)
{
	if (!limit->lines || time_after_eq(now, limit->since + HZ)) {
		limit->since = now;
		limit->lines = 0;
	}
	if (limit->lines >= CSSP_VERDICT_LINES) {
		limit->suppressed++;
		return false;
	}
	limit->lines++;
	*suppressed = limit->suppressed;
	limit->suppressed = 0;
	return true;
}

enum verdict_class {
	VERDICT_LOGON,
	VERDICT_REFUSED,
	VERDICT_OTHER,
	VERDICT_EARLY,
	VERDICT_CLASSES,
};

static const char *const verdict_class_names[VERDICT_CLASSES] = {
	[VERDICT_LOGON] = "logons",
	[VERDICT_REFUSED] = "refused logons",
	[VERDICT_OTHER] = "other refusals",
	[VERDICT_EARLY] = "exchanges without an account",
};

/* Protects the limits; held for a few instructions. */
static DEFINE_SPINLOCK(verdict_lock);
static struct cssp_verdict_limit verdict_limits[VERDICT_CLASSES];

/*
 * An address that guesses passwords is soon locked out. Refusals without a check are not limited
 * in this way, and may not hide the guesses of others.
 */
static enum verdict_class verdict_class(const struct cssp_verdict *v)
{
	if (v->v.status == SEC_E_OK)
		return VERDICT_LOGON;
	if (!v->account.len)
		return VERDICT_EARLY;
	return v->v.reason == CREDSSP_REASON_LOGON || v->v.reason == CREDSSP_REASON_ACCOUNT ?
	       VERDICT_REFUSED : VERDICT_OTHER;
}

static noinline_for_stack void verdict_log(const struct cssp_verdict *v)
{
	enum verdict_class class = verdict_class(v);
	char line[CSSP_VERDICT_LINE_MAX];
	unsigned int suppressed = 0;
	bool may;

	spin_lock(&verdict_lock);
	may = cssp_verdict_may_log(&verdict_limits[class], jiffies, &suppressed);
	spin_unlock(&verdict_lock);
	if (!may)
		return;
	if (suppressed)
		pr_notice("accept: %u lines of %s suppressed\n", suppressed,
			  verdict_class_names[class]);
	cssp_verdict_line(v, line);
	if (class == VERDICT_LOGON)
		pr_info("%s\n", line);
	else
		pr_notice("%s\n", line);
}

static noinline_for_stack void verdict_trace(const struct cssp_verdict *v,
					     const struct net *net, u64 context_id)
{
	char peer[PEER_SIZE], account[NAME_SIZE];

	if (!trace_cssp_verdict_enabled())
		return;
	verdict_print_peer(&v->v, peer);
	verdict_print_name(&v->account, account);
	trace_cssp_verdict(context_id, net->ns.inum, &v->v, peer, account);
}

void cssp_verdict_publish(const struct cssp_verdict *v, const struct cssp_requester *who,
			  u64 context_id)
{
	verdict_trace(v, who->net, context_id);
	if (who->net->user_ns == &init_user_ns)
		verdict_log(v);
}

static int verdict_append_name(struct cssp_vbuf *out, const struct cssp_vbuf *name, u32 *offset,
			       u32 *length)
{
	struct cssp_rd string = cssp_rd_of(name->data,
					   strnlen((const char *)name->data, name->len));

	return cssp_vbuf_append_string(out, &string, offset, length);
}

/* The structure is appended first to keep its place, and filled in at the end. */
static int verdict_append(const struct cssp_verdict *v, struct cssp_vbuf *out)
{
	struct credssp_verdict head = v->v;
	int ret;

	ret = cssp_vbuf_append(out, &head, sizeof(head));
	if (ret)
		return ret;
	ret = verdict_append_name(out, &v->account, &head.account_offset, &head.account_length);
	if (ret)
		return ret;
	ret = verdict_append_name(out, &v->user, &head.user_offset, &head.user_length);
	if (ret)
		return ret;
	ret = verdict_append_name(out, &v->workstation, &head.workstation_offset,
				  &head.workstation_length);
	if (!ret)
		memcpy(out->data, &head, sizeof(head));
	return ret;
}

int cssp_verdict_write(const struct cssp_verdict *v, struct cssp_vbuf *out)
{
	int ret = verdict_append(v, out);

	if (ret)
		cssp_vbuf_clear(out);
	return ret;
}

void cssp_verdict_free(struct cssp_verdict *v)
{
	cssp_vbuf_free(&v->account);
	cssp_vbuf_free(&v->user);
	cssp_vbuf_free(&v->workstation);
	v->v = (struct credssp_verdict){};
}
