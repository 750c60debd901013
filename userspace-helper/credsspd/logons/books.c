// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>
#include "base/log.h"
#include "books.h"

/* Characters of a NetBIOS name (MS-NBTE 2.2.1) */
#define NETBIOS_NAME	15
/* Lines of the file that are logged; of the others only their number */
#define COMPLAINTS_MAX	20

/* ---- reading ------------------------------------------------------------------ */

static void books_complain(void *arg, unsigned int line, const char *what)
{
	unsigned int *count = arg;

	if ((*count)++ < COMPLAINTS_MAX)
		log_error("accounts: line %u: %s", line, what);
}

static int books_read_text(struct books *b, const char *text, size_t length)
{
	unsigned int complaints = 0;
	int ret = account_list_read(&b->list, text, length, books_complain, &complaints);

	if (complaints > COMPLAINTS_MAX)
		log_error("accounts: %u more lines are wrong", complaints - COMPLAINTS_MAX);
	return ret;
}

static int books_read_file(struct books *b, const char *path)
{
	const char *why;
	size_t length;
	char *text;
	int fd, ret;

	fd = account_file_open(path, &ret, &why);
	if (fd < 0) {
		if (ret == -ENOENT)
			log_debug("no accounts: %s: %s", path, why);
		else
			log_error("accounts: %s is not used: %s", path, why);
		return 0;
	}
	text = account_file_read(fd, &length, &why);
	close(fd);
	if (!text) {
		log_error("accounts: %s: %s", path, why);
		return 0;
	}
	ret = books_read_text(b, text, length);
	account_file_forget(text, length);
	b->usable = !ret;
	return ret;
}

/* They may be swapped where the limit of locked memory is lower. */
static void books_lock(const struct books *b)
{
	if (b->list.count && mlock(b->list.accounts, b->list.count * sizeof(*b->list.accounts)))
		log_debug("accounts: mlock: %s", strerror(errno));
}

/* A name that is no UTF-8 stays empty, which no asked domain is. */
static void books_name_machine(struct books *b, const char *machine)
{
	const size_t full = strlen(machine), host = strcspn(machine, ".");
	const size_t lengths[BOOKS_MACHINE_NAMES] = {
		full, host, host < NETBIOS_NAME ? host : NETBIOS_NAME,
	};

	for (size_t i = 0; i < BOOKS_MACHINE_NAMES; i++) {
		if (account_name_from_utf8(&b->machine[i], machine, lengths[i]))
			b->machine[i] = (struct account_name){ 0 };
	}
}

int books_open(struct books *b, const char *path, const char *machine)
{
	int ret = 0;

	*b = (struct books){ 0 };
	books_name_machine(b, machine);
	if (getrandom(b->fake, sizeof(b->fake), 0) != sizeof(b->fake))
		return -EIO;
	if (path)
		ret = books_read_file(b, path);
	if (!ret)
		books_lock(b);
	return ret;
}

void books_close(struct books *b)
{
	account_list_free(&b->list);
	explicit_bzero(b, sizeof(*b));
}

/* ---- the choice of an account --------------------------------------------------- */

/**
 * struct books_names - whose account is asked for
 * @user, @domain: as they were sent, or from user@domain
 * @local: the domain is this machine, or there is none
 */
struct books_names {
	struct account_name user;
	struct account_name domain;
	bool local;
};

static bool books_is_machine(const struct books *b, const struct account_name *domain)
{
	static const struct account_name dot = { .length = 1, .units = { '.' } };
	bool is = account_name_is(&dot, domain);

	for (size_t i = 0; i < BOOKS_MACHINE_NAMES; i++)
		is |= account_name_is(&b->machine[i], domain);
	return is;
}

/* How well does the account's domain fit? A better fit wins. */
enum books_fit { BOOKS_NOT, BOOKS_ANY_DOMAIN, BOOKS_THIS_MACHINE, BOOKS_SAME };

static enum books_fit books_fit(const struct account *a, const struct books_names *n)
{
	if (account_name_is(&a->domain, &n->domain))
		return BOOKS_SAME;
	if (n->local && !a->domain.length)
		return BOOKS_THIS_MACHINE;
	return n->domain.length ? BOOKS_NOT : BOOKS_ANY_DOMAIN;
}

/*
 * Look at all accounts, so that the time tells nothing. NULL: none, or it is not clear which;
 * then @known is true.
 */
static const struct account *books_find(const struct books *b, const struct books_names *n,
					bool *known)
{
	const struct account *found = NULL;
	enum books_fit best = BOOKS_NOT;
	bool clear = true;

	for (size_t i = 0; i < b->list.count; i++) {
		const struct account *a = &b->list.accounts[i];
		const enum books_fit fit = books_fit(a, n);

		if (!account_name_is(&a->user, &n->user) || fit == BOOKS_NOT || fit < best)
			continue;
		clear = fit > best && !a->doubled;
		found = a;
		best = fit;
	}
	*known = found;
	return clear ? found : NULL;
}

/* ---- the check ------------------------------------------------------------------ */

static size_t books_write_name(const struct account *a, char name[LOGON_ACCOUNT_MAX])
{
	char text[LOGON_ACCOUNT_MAX + 1];
	int n;

	n = snprintf(text, sizeof(text), "%s%s%s", a->domain_text, *a->domain_text ? "\\" : "",
		     a->user_text);
	if (n > LOGON_ACCOUNT_MAX)
		n = LOGON_ACCOUNT_MAX;
	memcpy(name, text, n);
	return n;
}

/* Who has proven to know the password may know why it is of no use. */
static uint32_t books_restriction(const struct account *a)
{
	if (a->disabled)
		return STATUS_ACCOUNT_DISABLED;
	return a->blank ? STATUS_ACCOUNT_RESTRICTION : 0;
}

static void books_judge(const struct books *b, const struct account *a,
			const struct logon_request *r, struct credssp_hlp_ntlm_reply *reply,
			char name[LOGON_ACCOUNT_MAX])
{
	uint8_t key[NTLM_SESSION_KEY];
	uint32_t status = STATUS_LOGON_FAILURE;

	if (ntlm_proof_is_right(&r->response, a ? a->hash : b->fake, key) && a)
		status = books_restriction(a);
	if (status) {
		logon_refuse(reply, CREDSSP_HLP_NTLM_FAIL_LOGON, status);
	} else {
		reply->state = CREDSSP_HLP_NTLM_DONE;
		reply->name_length = books_write_name(a, name);
		memcpy(reply->session_base_key, key, sizeof(key));
	}
	explicit_bzero(key, sizeof(key));
}

void books_check(const struct books *b, const struct logon_request *r, struct logon_verdict *v,
		 char name[LOGON_ACCOUNT_MAX])
{
	const struct account *a = NULL;
	struct books_names n;
	bool known;

	*v = (struct logon_verdict){ 0 };
	if (!ntlm_response_is_v2(&r->response)) {
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE);
		return;
	}
	if (logon_request_names(r, &n.user, &n.domain)) {
		n.local = !n.domain.length || books_is_machine(b, &n.domain);
		a = books_find(b, &n, &known);
		v->elsewhere = !known && !n.local;
	}
	books_judge(b, a, r, &v->reply, name);
}
