// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_test DIRECTORY SERVICE USER STEP...: goes through the steps of a login by the real libpam,
 * with the services of a directory, and prints what happens. Passwords are $PAM_TEST_PASSWORD.
 */
#include <errno.h>
#include <keyutils.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define LINE_ROOM	2048
#define ENVIRONMENT_ROOM	4096
#define PARKED_ROOM	256

void __syslog_chk(int priority, int flag, const char *format, ...);
void syslog(int priority, const char *format, ...);

static pam_handle_t *pamh;
static const char *directory, *user;

/* The log goes to standard output, whichever of the two libpam was compiled for. */
static void print_log(int priority, const char *format, va_list args)
{
	printf("log %d ", priority & 7);
	vprintf(format, args);
	puts("");
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	print_log(priority, format, args);
	va_end(args);
}

void syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_log(priority, format, args);
	va_end(args);
}

static int answer(int count, const struct pam_message **messages, struct pam_response **out,
		  void *data)
{
	struct pam_response *responses = calloc((size_t)count, sizeof(*responses));
	int i;

	(void)data;
	for (i = 0; responses && i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			responses[i].resp = strdup(getenv("PAM_TEST_PASSWORD"));
	*out = responses;
	return responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void result(const char *step, int ret)
{
	printf("%s %s\n", step, ret == PAM_SUCCESS ? "ok" : pam_strerror(pamh, ret));
}

static void step_auth(void) { result("auth", pam_authenticate(pamh, 0)); }
static void step_setcred(void) { result("setcred", pam_setcred(pamh, PAM_ESTABLISH_CRED)); }
static void step_refresh(void) { result("refresh", pam_setcred(pamh, PAM_REINITIALIZE_CRED)); }
static void step_delete(void) { result("delete", pam_setcred(pamh, PAM_DELETE_CRED)); }
static void step_open(void) { result("open", pam_open_session(pamh, 0)); }
static void step_close(void) { result("close", pam_close_session(pamh, 0)); }
static void step_change(void) { result("change", pam_chauthtok(pamh, 0)); }

static void step_expired(void)
{
	result("expired", pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK));
}

/* As sshd: only the environment comes back. */
static void step_auth_child(void)
{
	char text[ENVIRONMENT_ROOM] = "", *entry, *rest;
	int pipes[2], ret = pipe(pipes);
	pid_t pid = ret ? -1 : fork();

	if (!pid) {
		char **list;

		ret = pam_authenticate(pamh, 0);
		for (list = pam_getenvlist(pamh); list && *list; list++)
			dprintf(pipes[1], "%s\n", *list);
		fflush(stdout);
		_exit(ret);
	}
	close(pipes[1]);
	if (pid < 0 || waitpid(pid, &ret, 0) != pid || read(pipes[0], text, sizeof(text) - 1) < 0)
		perror("auth-child");
	close(pipes[0]);
	for (entry = strtok_r(text, "\n", &rest); entry; entry = strtok_r(NULL, "\n", &rest))
		pam_putenv(pamh, entry);
	result("auth-child", WEXITSTATUS(ret));
}

static int print_key(key_serial_t parent, key_serial_t key, char *raw, int length, void *data)
{
	(void)parent;
	(void)data;
	if (length > 0 && !strncmp(raw, "logon;", 6))
		printf("key %s\nserial %d\n", raw, key);
	return 0;
}

static void step_keys(void) { recursive_key_scan(KEY_SPEC_SESSION_KEYRING, print_key, NULL); }

/* Another test's may still be there, and expire in the middle of this one. */
static key_serial_t parked_before[PARKED_ROOM];
static size_t parked_before_count;

static bool is_parked(const char *raw, int length)
{
	return length > 0 && strstr(raw, "pam_credssp:");
}

static int note_parked(key_serial_t parent, key_serial_t key, char *raw, int length, void *data)
{
	(void)parent;
	(void)data;
	if (is_parked(raw, length) && parked_before_count < PARKED_ROOM)
		parked_before[parked_before_count++] = key;
	return 0;
}

static int count_parked(key_serial_t parent, key_serial_t key, char *raw, int length, void *data)
{
	size_t i;

	(void)parent;
	if (!is_parked(raw, length))
		return 0;
	for (i = 0; i < parked_before_count; i++)
		if (parked_before[i] == key)
			return 0;
	++*(unsigned int *)data;
	return 0;
}

static void step_parked(void)
{
	unsigned int count = 0;

	recursive_key_scan(KEY_SPEC_USER_KEYRING, count_parked, &count);
	printf("parked %u\n", count);
}

static void step_env(void)
{
	char **list;

	for (list = pam_getenvlist(pamh); list && *list; list++)
		printf("env %.*s\n", (int)strcspn(*list, "="), *list);
}

static void step_join(void)
{
	printf("join %s\n", keyctl_join_session_keyring(NULL) < 0 ? strerror(errno) : "ok");
}

static void look_for_key(void)
{
	key_serial_t key = (key_serial_t)keyctl_search(KEY_SPEC_SESSION_KEYRING, "logon",
						       "credssp:TERMSRV/a.example", 0);

	printf("found %s\n", key < 0 ? strerror(errno) : "yes");
	fflush(stdout);
}

/* This process has the session's keyring no more when it closes the session, but a child has. */
static void step_close_outside(void)
{
	int pipes[2], ret = pipe(pipes);
	pid_t pid;
	char c;

	look_for_key();
	pid = ret ? -1 : fork();
	if (!pid) {
		close(pipes[1]);
		if (!read(pipes[0], &c, 1))
			look_for_key();
		_exit(0);
	}
	step_join();
	step_close();
	close(pipes[1]);
	waitpid(pid, NULL, 0);
	close(pipes[0]);
}

/* As the user's own process: what can it do to the keys? */
static int abuse(key_serial_t parent, key_serial_t key, char *raw, int length, void *data)
{
	char payload[LINE_ROOM];

	(void)parent;
	(void)data;
	if (length <= 0 || strncmp(raw, "logon;", 6))
		return 0;
	printf("read %s\n", keyctl_read(key, payload, sizeof(payload)) < 0 ? "no" : "YES");
	printf("link %s\n", keyctl_link(key, KEY_SPEC_USER_KEYRING) < 0 ? "no" : "YES");
	printf("timeout %s\n", keyctl_set_timeout(key, 1000000) < 0 ? "no" : "YES");
	printf("permissions %s\n", keyctl_setperm(key, KEY_POS_ALL) < 0 ? "no" : "YES");
	return 0;
}

static void as_user(void (*run)(void))
{
	const struct passwd *pw = getpwnam(user);
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!pw || (!getuid() && (setgid(pw->pw_gid) || setuid(pw->pw_uid))))
			_exit(1);
		run();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void do_abuse(void) { recursive_key_scan(KEY_SPEC_SESSION_KEYRING, abuse, NULL); }
static void step_abuse(void) { as_user(do_abuse); }

static void do_own_key(void)
{
	key_serial_t key = add_key("logon", "credssp:TERMSRV/a.example", "x", 1,
				   KEY_SPEC_SESSION_KEYRING);

	printf("own-key %s\n", key < 0 ? strerror(errno) : "ok");
}

static void step_own_key(void) { as_user(do_own_key); }

static void end(int status)
{
	result("end", pam_end(pamh, status));
	pamh = NULL;
}

static void step_end(void) { end(PAM_SUCCESS); }
static void step_end_silent(void) { end(PAM_SUCCESS | PAM_DATA_SILENT); }

static void step_root(void) { pam_set_item(pamh, PAM_USER, "root"); }
static void step_user(void) { pam_set_item(pamh, PAM_USER, user); }

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "auth", step_auth }, { "auth-child", step_auth_child }, { "setcred", step_setcred },
	{ "refresh", step_refresh }, { "delete", step_delete }, { "open", step_open },
	{ "close", step_close }, { "close-outside", step_close_outside },
	{ "change", step_change }, { "expired", step_expired },
	{ "keys", step_keys }, { "parked", step_parked }, { "env", step_env },
	{ "join", step_join }, { "abuse", step_abuse }, { "own-key", step_own_key },
	{ "root", step_root }, { "user", step_user }, { "end", step_end },
	{ "end-silent", step_end_silent },
};

static int start(const char *service)
{
	static const struct pam_conv conv = { .conv = answer };

	return pam_start_confdir(service, user, &conv, directory, &pamh);
}

/*
 * "NAME=VALUE" is for the PAM environment, "%PASSWORD" is the password from now on, and
 * "@SERVICE" begins another login, with a handle of its own.
 */
static int run_step(const char *step)
{
	size_t i;

	if (*step == '%')
		return setenv("PAM_TEST_PASSWORD", step + 1, 1);
	if (*step == '@')
		return start(step + 1);
	if (strchr(step, '='))
		return pam_putenv(pamh, step);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!strcmp(step, steps[i].name)) {
			steps[i].run();
			return 0;
		}
	}
	fprintf(stderr, "pam_test: no step %s\n", step);
	return 1;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 5)
		return 2;
	directory = argv[1];
	user = argv[3];
	/* Not in the tester's own session */
	if (keyctl_join_session_keyring(NULL) < 0) {
		perror("pam_test: no session keyring");
		return 77;
	}
	recursive_key_scan(KEY_SPEC_USER_KEYRING, note_parked, NULL);
	if (start(argv[2]))
		return 2;
	for (i = 4; i < argc; i++)
		if (run_step(argv[i]))
			return 2;
	fflush(stdout);
	return 0;
}
