// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <credssp.h>
#include <wbclient.h>
#include "winbind.h"

/* Loaded where it is needed, so that credsspd runs on machines without winbind */
#define WINBIND_LIBRARY	"libwbclient.so.0"
/* Bytes of a name in UTF-8: three for each of its code units at most, and a NUL */
#define NAME_SIZE	(3 * LOGON_NAME_MAX / 2 + 1)

/**
 * struct winbind_library - functions of libwbclient
 * @authenticate: wbcAuthenticateUserEx()
 * @details: wbcInterfaceDetails()
 * @free: wbcFreeMemory()
 */
struct winbind_library {
	enum _wbcErrType (*authenticate)(const struct wbcAuthUserParams *params,
					 struct wbcAuthUserInfo **info,
					 struct wbcAuthErrorInfo **error);
	enum _wbcErrType (*details)(struct wbcInterfaceDetails **details);
	void (*free)(void *p);
};

bool winbind_is_built(void)
{
	return true;
}

static bool winbind_load(struct winbind_library *lib)
{
	void *handle = dlopen(WINBIND_LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return false;
	/* As dlsym(3) does it: ISO C has no conversion from void * to a function. */
	*(void **)&lib->authenticate = dlsym(handle, "wbcAuthenticateUserEx");
	*(void **)&lib->details = dlsym(handle, "wbcInterfaceDetails");
	*(void **)&lib->free = dlsym(handle, "wbcFreeMemory");
	return lib->authenticate && lib->details && lib->free;
}

/* ---- the question ---------------------------------------------------------------- */

/* False for a name that is not UTF-16, or has a NUL in it */
static bool winbind_name(char out[NAME_SIZE], const uint8_t *bytes, size_t length)
{
	uint16_t units[LOGON_NAME_MAX / 2];
	ssize_t n;

	for (size_t i = 0; i < length / 2; i++) {
		units[i] = bytes[2 * i] | bytes[2 * i + 1] << 8;
		if (!units[i])
			return false;
	}
	n = credssp_utf16_to_utf8(units, length / 2, out, NAME_SIZE - 1);
	if (n < 0 || n >= NAME_SIZE)
		return false;
	out[n] = '\0';
	return true;
}

/**
 * struct winbind_names - names of a logon in UTF-8
 * @user, @workstation: as they were sent
 * @domain: as it was sent, or without one, of user@domain: winbind must know whom to ask
 */
struct winbind_names {
	char user[NAME_SIZE];
	char domain[NAME_SIZE];
	char workstation[NAME_SIZE];
};

static bool winbind_read_names(struct winbind_names *n, const struct logon_request *r)
{
	const char *at;

	if (!winbind_name(n->user, r->response.user, r->response.user_length) ||
	    !winbind_name(n->domain, r->response.domain, r->response.domain_length) ||
	    !winbind_name(n->workstation, r->workstation, r->head.workstation_length))
		return false;
	at = strrchr(n->user, '@');
	if (!*n->domain && at)
		strcpy(n->domain, at + 1);
	return *n->user && *n->domain;
}

static wbcErr winbind_ask(const struct winbind_library *lib, const struct logon_request *r,
			  const struct winbind_names *n, struct wbcAuthUserInfo **info,
			  struct wbcAuthErrorInfo **error)
{
	struct wbcAuthUserParams params = {
		.account_name = n->user, .domain_name = n->domain,
		.workstation_name = n->workstation,
		.level = WBC_AUTH_USER_LEVEL_RESPONSE,
		.password.response.nt_length = r->response.nt_length,
		.password.response.nt_data = (uint8_t *)r->response.nt,
	};

	memcpy(params.password.response.challenge, r->response.challenge, NTLM_CHALLENGE);
	return lib->authenticate(&params, info, error);
}

/* ---- the verdict ----------------------------------------------------------------- */

static bool winbind_text_is_clean(const char *text)
{
	for (; text && *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	}
	return text;
}

/* A guest has no password, and so nothing was proven. */
static bool info_is_usable(const struct wbcAuthUserInfo *info)
{
	static const uint8_t none[NTLM_SESSION_KEY];

	return info && !(info->user_flags & WBC_AUTH_USER_INFO_GUEST) &&
	       memcmp(info->user_session_key, none, sizeof(none)) &&
	       winbind_text_is_clean(info->account_name) && *info->account_name &&
	       winbind_text_is_clean(info->domain_name) && *info->domain_name;
}

static void winbind_accept(struct logon_verdict *v, const struct wbcAuthUserInfo *info,
			   char name[LOGON_ACCOUNT_MAX])
{
	char text[LOGON_ACCOUNT_MAX + 1];
	int n;

	if (!info_is_usable(info)) {
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE);
		return;
	}
	n = snprintf(text, sizeof(text), "%s\\%s", info->domain_name, info->account_name);
	if (n > LOGON_ACCOUNT_MAX) {
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
		return;
	}
	memcpy(name, text, n);
	v->reply = (struct credssp_hlp_ntlm_reply){
		.state = CREDSSP_HLP_NTLM_DONE, .name_length = n,
	};
	memcpy(v->reply.session_base_key, info->user_session_key, NTLM_SESSION_KEY);
}

/* A response for another server is refused like one with a wrong password: tell the log. */
static uint32_t winbind_look_for_names(const struct winbind_library *lib,
				       const struct logon_request *r)
{
	struct wbcInterfaceDetails *details = NULL;
	bool fit = true;

	if (!WBC_ERROR_IS_OK(lib->details(&details)) || !details)
		return 0;
	if (details->netbios_name && details->netbios_domain)
		fit = winbind_names_fit(r->response.nt, r->response.nt_length,
					details->netbios_name, details->netbios_domain);
	lib->free(details);
	return fit ? 0 : LOGON_OTHER_NAMES;
}

static void winbind_judge(const struct winbind_library *lib, const struct logon_request *r,
			  const struct winbind_names *n, struct logon_verdict *v,
			  char name[LOGON_ACCOUNT_MAX])
{
	struct wbcAuthErrorInfo *error = NULL;
	struct wbcAuthUserInfo *info = NULL;
	const wbcErr err = winbind_ask(lib, r, n, &info, &error);

	if (WBC_ERROR_IS_OK(err)) {
		winbind_accept(v, info, name);
	} else if (err == WBC_ERR_AUTH_ERROR && error) {
		winbind_refuse(&v->reply, error->nt_status);
		if (error->nt_status == STATUS_LOGON_FAILURE)
			v->trouble = winbind_look_for_names(lib, r);
	} else {
		v->trouble = err;
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
	}
	if (info) {
		explicit_bzero(info->user_session_key, sizeof(info->user_session_key));
		lib->free(info);
	}
	if (error)
		lib->free(error);
}

static void winbind_check(const struct logon_request *r, struct logon_verdict *v,
			  char name[LOGON_ACCOUNT_MAX])
{
	struct winbind_library lib;
	struct winbind_names names;

	if (!winbind_read_names(&names, r)) {
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE);
		return;
	}
	if (!winbind_load(&lib)) {
		v->trouble = LOGON_NO_LIBRARY;
		logon_refuse(&v->reply, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
		return;
	}
	winbind_judge(&lib, r, &names, v, name);
}

static int winbind_answer(int fd, const uint8_t *packet, size_t length)
{
	uint8_t out[LOGON_VERDICT_MAX];
	struct logon_verdict v = { 0 };
	struct logon_question q;
	struct logon_request r;
	ssize_t sent;

	if (length < sizeof(q) || logon_request_read(&r, packet + sizeof(q), length - sizeof(q)))
		return EXIT_FAILURE;
	memcpy(&q, packet, sizeof(q));
	winbind_check(&r, &v, (char *)out + sizeof(v));
	v.id = q.id;
	length = sizeof(v) + v.reply.name_length;
	memcpy(out, &v, sizeof(v));
	sent = write(fd, out, length);
	explicit_bzero(&v, sizeof(v));
	explicit_bzero(out, length);
	return sent == (ssize_t)length ? EXIT_SUCCESS : EXIT_FAILURE;
}

int winbind_work(int fd)
{
	uint8_t packet[LOGON_QUESTION_MAX + 1];
	ssize_t got;
	int status;

	do {
		got = read(fd, packet, sizeof(packet));
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return EXIT_FAILURE;
	status = winbind_answer(fd, packet, got);
	explicit_bzero(packet, got);
	return status;
}
