// SPDX-License-Identifier: GPL-2.0-only
/* The command line of `credsspctl accept`, its verdicts, environments and connections. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <credssp_accept.h>

#include "accept.h"
#include "accept_exec.h"
#include "accept_verdict.h"
#include "base/environment.h"
#include "base/net.h"
#include "private.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

#define WORDS_MAX	8

/* Split @line at blanks, and parse it. Errors go to /dev/null. */
static int parse(struct accept_options *o, const char *line)
{
	/* the command of --exec stays where it is */
	static char words[256], *argv[WORDS_MAX + 2];
	char *word;
	int argc = 1, ret, saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	memset(argv, 0, sizeof(argv));
	argv[0] = (char *)"accept";
	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok(words, " "); word && argc <= WORDS_MAX; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stderr);
	dup2(null, STDERR_FILENO);
	optind = 0;
	ret = accept_options_parse(o, argc, argv);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(null);
	return ret;
}

static void test_listen(void)
{
	static const struct {
		const char *arg;
		const char *host;
		int port;
	} rows[] = {
		{ "--listen :0", "", 0 },
		{ "--listen :3389", "", 3389 },
		{ "--listen 127.0.0.1:3389", "127.0.0.1", 3389 },
		{ "--listen [::1]:65535", "::1", 65535 },
		{ "--listen [fe80::1%lo]:1", "fe80::1%lo", 1 },
		{ "--listen 127.0.0.1", NULL, 0 },
		{ "--listen 127.0.0.1:", NULL, 0 },
		{ "--listen :65536", NULL, 0 },
		{ "--listen :-1", NULL, 0 },
		{ "--listen :x", NULL, 0 },
		{ "--listen ::1:3389", NULL, 0 },
		{ "--listen []:3389", NULL, 0 },
		{ "--listen [:3389", NULL, 0 },
		{ "--listen [::1:3389", NULL, 0 },
		{ "--listen [::1]3389", NULL, 0 },
		{ "--listen", NULL, 0 },
		{ "", NULL, 0 },
	};
	struct accept_options o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(parse(&o, rows[i].arg) == (rows[i].host ? 0 : -1));
		if (rows[i].host)
			CHECK(!strcmp(o.host, rows[i].host) && o.port == rows[i].port);
	}
}

static void test_wrong_options(void)
{
	static const char *const rows[] = {
		"--carrier smb", "--cert", "--domain", "--mech spnego", "--min-version 1",
		"--max-version 7", "--min-version 6 --max-version 5", "--timeout 0",
		"--timeout 601", "--count 0", "--count x", "--carrier raw --no-hybrid-ex",
		"--mech ntlm --keytab /k", "--mech kerberos --domain D", "--lifetime 60",
		"--deliver user --lifetime 0", "--deliver user --lifetime 86401",
		"--deliver process", "--deliver 0", "--deliver -3", "--deliver user:x",
		"--deliver user:cifsx", "--deliver user:cifs:", "--deliver :cifs", "--exec",
		"--exec --", "cat", "--nonsense", "--json=1",
	};
	struct accept_options o;
	char line[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "--listen :0 %s", rows[i]);
		CHECK(parse(&o, line) == -1);
	}
}

static void test_right_options(void)
{
	struct accept_options o;

	CHECK(!parse(&o, "--listen :0"));
	CHECK(o.carrier == CARRIER_RDP && o.hybrid_ex && !o.flags && !o.count && !o.json);
	CHECK(o.timeout_ms == 0 && o.mechs == CREDSSP_MECH_NEGOTIATE && !o.command);
	CHECK(!o.tickets && !o.delivery.wanted);
	CHECK(!parse(&o, "--listen :0 --restricted-admin --remote-guard --no-hybrid-ex"));
	CHECK(o.flags == (CREDSSP_ACCEPT_RESTRICTED_ADMIN | CREDSSP_ACCEPT_REMOTE_GUARD));
	CHECK(!o.hybrid_ex);
	CHECK(!parse(&o, "--listen :0 --keytab /etc/k --cert web --count 2"));
	CHECK(o.tickets == CREDSSP_TICKETS_KEYTAB && !strcmp(o.keytab, "/etc/k"));
	CHECK(!strcmp(o.cert, "web") && o.count == 2);
	/* options of the command are its own */
	CHECK(!parse(&o, "--listen :0 --exec cat --json -n"));
	CHECK(!o.json && !strcmp(o.command[0], "cat") && !strcmp(o.command[1], "--json"));
	CHECK(!strcmp(o.command[2], "-n") && !o.command[3]);
	CHECK(!parse(&o, "--listen :0 --json --exec -- -odd x"));
	CHECK(o.json && !strcmp(o.command[0], "-odd") && !o.command[2]);
}

static void test_delivery(void)
{
	static const struct {
		const char *arg;
		int32_t keyring;
		uint32_t form;
		const char *name;
	} rows[] = {
		{ "user", KEY_SPEC_USER_KEYRING, CREDSSP_DELEGATED_AS_CREDSSP, NULL },
		{ "session", KEY_SPEC_SESSION_KEYRING, CREDSSP_DELEGATED_AS_CREDSSP, NULL },
		{ "123", 123, CREDSSP_DELEGATED_AS_CREDSSP, NULL },
		{ "user:cifs", KEY_SPEC_USER_KEYRING, CREDSSP_DELEGATED_AS_CIFS, NULL },
		{ "7:cifs:EXAMPLE", 7, CREDSSP_DELEGATED_AS_CIFS, "EXAMPLE" },
		{ "7:cifs:fe80::1", 7, CREDSSP_DELEGATED_AS_CIFS, "fe80::1" },
	};
	struct accept_options o;
	char line[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(line, sizeof(line), "--listen :0 --deliver %s", rows[i].arg);
		CHECK(!parse(&o, line) && o.delivery.wanted && o.delivery.lifetime == 28800);
		CHECK(o.delivery.keyring == rows[i].keyring);
		CHECK(o.delivery.form == rows[i].form);
		CHECK(!o.delivery.name == !rows[i].name);
		if (o.delivery.name && rows[i].name)
			CHECK(!strcmp(o.delivery.name, rows[i].name));
	}
	CHECK(!parse(&o, "--listen :0 --lifetime 5 --deliver user") && o.delivery.lifetime == 5);
}

/* A verdict without strings, as the program makes it. */
static void test_own_verdict(void)
{
	struct acceptor a = { .stop = -1 };
	struct accepted c = { .a = &a, .peer = { .family = AF_INET, .port = 50123 } };

	outcome_fail(&c.o, CTL_REASON_X224_NOT_OFFERED, "%s", "");
	accept_verdict_set(&c, 0);
	CHECK(c.verdict->time && c.verdict->status == SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(c.verdict->reason == CTL_REASON_X224_NOT_OFFERED);
	CHECK(c.verdict->family == AF_INET && c.verdict->port == 50123);
	CHECK(!*((const char *)c.verdict + c.verdict->account_offset));
	accept_verdict_free(&c);
	outcome_status(&c.o, SEC_E_LOGON_DENIED, CREDSSP_REASON_LOGON);
	accept_verdict_set(&c, 0);
	CHECK(c.verdict->status == SEC_E_LOGON_DENIED);
	accept_verdict_free(&c);
}

static const char *value_of(char **env, const char *name)
{
	size_t n = strlen(name);
	const char *value = NULL;

	for (; *env; env++) {
		if (strncmp(*env, name, n) || (*env)[n] != '=')
			continue;
		CHECK(!value);	/* once only */
		value = *env + n + 1;
	}
	return value ? value : "";
}

/* A verdict with three strings in one allocation */
static struct {
	struct credssp_verdict v;
	char account[32];
	char user[32];
	char workstation[32];
} told;

static void tell(const char *account, const char *user)
{
	memset(&told, 0, sizeof(told));
	told.v = (struct credssp_verdict){
		.family = AF_INET, .port = 50123, .address = { 192, 0, 2, 1 }, .version = 6,
		.mech = CREDSSP_PACKAGE_NTLM, .delegated = CREDSSP_DELEGATED_PASSWORD,
		.account_offset = sizeof(told.v), .account_length = (uint32_t)strlen(account),
		.user_offset = sizeof(told.v) + 32, .user_length = (uint32_t)strlen(user),
		.workstation_offset = sizeof(told.v) + 64,
	};
	snprintf(told.account, sizeof(told.account), "%s", account);
	snprintf(told.user, sizeof(told.user), "%s", user);
}

static void test_environment(void)
{
	char *const own[] = {
		(char *)"PATH=/bin", (char *)"CREDSSP_USER=forged", (char *)"CREDSSP_X=y",
		(char *)"CREDSSPX=kept", NULL,
	};
	struct accepted c = { .verdict = &told.v };
	char **env;

	tell("EXAMPLE\\Alice", "EXAMPLE\\alice");
	env = accept_exec_environment(&c, own);
	CHECK(!strcmp(value_of(env, "PATH"), "/bin") && !strcmp(value_of(env, "CREDSSPX"), "kept"));
	CHECK(!*value_of(env, "CREDSSP_X") && !*value_of(env, "CREDSSP_KEY"));
	CHECK(!strcmp(value_of(env, "CREDSSP_USER"), "EXAMPLE\\alice"));
	CHECK(!strcmp(value_of(env, "CREDSSP_ACCOUNT"), "EXAMPLE\\Alice"));
	CHECK(!strcmp(value_of(env, "CREDSSP_PEER_ADDRESS"), "192.0.2.1"));
	CHECK(!strcmp(value_of(env, "CREDSSP_PEER_PORT"), "50123"));
	CHECK(!strcmp(value_of(env, "CREDSSP_MECH"), "ntlm"));
	CHECK(!strcmp(value_of(env, "CREDSSP_VERSION"), "6"));
	CHECK(!strcmp(value_of(env, "CREDSSP_DELEGATED"), "password"));
	environment_free(env);

	/* what informs only is left out; who it is must be clear */
	tell("a\nCREDSSP_USER=root", "alice");
	c.key = 77;
	env = accept_exec_environment(&c, own);
	CHECK(!*value_of(env, "CREDSSP_ACCOUNT") && !strcmp(value_of(env, "CREDSSP_KEY"), "77"));
	CHECK(!strcmp(value_of(env, "CREDSSP_USER"), "alice"));
	environment_free(env);
	tell("alice", "al\xe2\x80\xaeice");
	CHECK(!accept_exec_environment(&c, own) && errno == EILSEQ);
	tell("alice", "");
	CHECK(!accept_exec_environment(&c, own) && errno == EILSEQ);
}

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	struct credssp_ioc_accept_socket *accept = arg;

	(void)lib;
	if (cmd != CREDSSP_IOC_ACCEPT_SOCKET) {
		errno = ENOTTY;
		return -1;
	}
	/* threads call this: a wrong argument shows in the exit status */
	accept->status = SEC_E_INTERNAL_ERROR;
	if (!(accept->flags & CREDSSP_ACCEPT_EARLY_AUTH) || !accept->timeout_ms ||
	    accept->timeout_ms > 5000)
		return 0;
	accept->report.reason = CREDSSP_REASON_LOGON;
	accept->status = SEC_E_LOGON_DENIED;
	return 0;
}

/* A whole connection: negotiation, a module that denies, exit status */
static void test_connection(void)
{
	static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };
	struct acceptor a = {
		.opt = { .carrier = CARRIER_RDP, .hybrid_ex = true, .timeout_ms = 5000,
			 .json = true },
		.lib = &fake, .cred = 3, .stop = -1,
	};
	uint8_t request[RDP_REQUEST_SIZE], confirm[RDP_CONFIRM_SIZE];
	struct rdp_confirm c;
	int saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY), pair[2], code;
	atomic_bool proven = false;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	rdp_build_request(request);
	CHECK(write(pair[1], request, sizeof(request)) == sizeof(request));
	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	code = accept_serve(&a, pair[0], &proven);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	CHECK(code == EXIT_CODE_DENIED && !proven);
	CHECK(read(pair[1], confirm, sizeof(confirm)) == sizeof(confirm));
	CHECK(!rdp_parse_confirm(confirm, sizeof(confirm), &c));
	CHECK(c.answer == RDP_ANSWER_SELECTED && c.value == RDP_PROTOCOL_HYBRID_EX);
	close(saved);
	close(null);
	close(pair[0]);
	close(pair[1]);
}

/* A client, which waits for the end. */
static void be_client(uint16_t port, bool polite)
{
	uint8_t request[RDP_REQUEST_SIZE], byte;
	char address[NET_ADDRESS_MAX];
	int fd, gai;

	fd = net_connect("127.0.0.1", port, net_now() + 5000, address, &gai);
	if (fd < 0)
		_exit(1);
	rdp_build_request(request);
	if (polite && send(fd, request, sizeof(request), MSG_NOSIGNAL) != sizeof(request))
		_exit(1);
	while (recv(fd, &byte, 1, 0) == 1)
		;
	_exit(0);
}

/* Descriptors that are open, and those of counting them */
static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

#define CLIENTS	20

/* Run the loop with clients; @polite ones are denied, others are silent. */
static int run_loop(unsigned long count, bool polite, int signal)
{
	static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };
	struct acceptor a = {
		.opt = { .carrier = CARRIER_RDP, .hybrid_ex = true, .timeout_ms = 5000,
			 .json = true, .count = count },
		.lib = &fake, .cred = 3, .stop = -1,
	};
	int saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY), status, code, gai, i;
	char address[NET_ADDRESS_MAX];
	int listener = net_listen("127.0.0.1", 0, CLIENTS, address, &gai);
	uint16_t port = (uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10);
	pid_t pids[CLIENTS], killer;

	fflush(stdout);
	for (i = 0; i < CLIENTS; i++) {
		pids[i] = fork();
		if (!pids[i])
			be_client(port, polite);
	}
	killer = fork();
	if (!killer) {
		if (signal)
			usleep(300000);
		_exit(signal ? kill(getppid(), signal) : 0);
	}
	dup2(null, STDOUT_FILENO);
	code = accept_loop(&a, listener);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	CHECK(a.stop == -1);
	close(listener);
	close(saved);
	close(null);
	for (i = 0; i < CLIENTS; i++)
		CHECK(waitpid(pids[i], &status, 0) == pids[i] && !status);
	CHECK(waitpid(killer, &status, 0) == killer && !status);
	return code;
}

/* The loop leaves the signal that has ended it pending. */
static void forget_signal(void)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	CHECK(sigtimedwait(&set, NULL, &now) == SIGTERM);
}

static void test_loop(void)
{
	int descriptors = count_descriptors();
	sigset_t set;
	int64_t start;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	/* so that it cannot come before the loop has blocked it */
	sigprocmask(SIG_BLOCK, &set, NULL);
	CHECK(run_loop(CLIENTS, true, 0) == EXIT_CODE_DENIED);
	/* a signal ends connections whose clients are silent */
	start = net_now();
	CHECK(run_loop(0, false, SIGTERM) == EXIT_CODE_CONNECTION);
	CHECK(net_now() - start < 4500);
	CHECK(count_descriptors() == descriptors);
	forget_signal();
}

/* A connection from an address of this machine */
static int connect_from(const char *from, uint16_t port)
{
	struct sockaddr_in own = { .sin_family = AF_INET }, to = own;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(port);
	if (inet_pton(AF_INET, from, &own.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&own, sizeof(own)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		_exit(1);
	return fd;
}

#define SILENT	300

/* Clients of one address hold all connections; one of another address is served at once. */
static void be_crowd(uint16_t port)
{
	uint8_t request[RDP_REQUEST_SIZE], confirm[RDP_CONFIRM_SIZE];
	int i, fd;

	for (i = 0; i < SILENT; i++)
		connect_from("127.0.0.1", port);
	usleep(200000);
	fd = connect_from("127.0.0.2", port);
	rdp_build_request(request);
	if (send(fd, request, sizeof(request), MSG_NOSIGNAL) != sizeof(request) ||
	    net_recv_exact(fd, confirm, sizeof(confirm), net_now() + 2000))
		_exit(2);
	_exit(kill(getppid(), SIGTERM));
}

static void test_crowd(void)
{
	static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };
	struct acceptor a = {
		.opt = { .carrier = CARRIER_RDP, .hybrid_ex = true, .timeout_ms = 5000,
			 .json = true, .count = SILENT + 1 },
		.lib = &fake, .cred = 3, .stop = -1,
	};
	int saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY), status, gai;
	char address[NET_ADDRESS_MAX];
	int listener = net_listen("127.0.0.1", 0, SILENT, address, &gai);
	uint16_t port = (uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10);
	int descriptors = count_descriptors();
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		be_crowd(port);
	dup2(null, STDOUT_FILENO);
	accept_loop(&a, listener);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	CHECK(count_descriptors() == descriptors);
	close(listener);
	close(saved);
	close(null);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	forget_signal();
}

static void test_same_place(void)
{
	static const struct {
		struct credssp_address a, b;
		bool same;
	} rows[] = {
		{ { 2, 1, 0, { 10, 0, 0, 1 } }, { 2, 9, 0, { 10, 0, 0, 1 } }, true },
		{ { 2, 1, 0, { 10, 0, 0, 1 } }, { 2, 1, 0, { 10, 0, 0, 2 } }, false },
		{ { 2, 1, 0, { 32, 1, 0, 1 } }, { 10, 1, 0, { 32, 1, 0, 1 } }, false },
		{ { 10, 1, 0, { [7] = 1, [8] = 1 } }, { 10, 2, 0, { [7] = 1, [8] = 2 } }, true },
		{ { 10, 1, 0, { [7] = 1 } }, { 10, 1, 0, { [7] = 2 } }, false },
		{ { 10, 1, 3, { [7] = 1 } }, { 10, 1, 4, { [7] = 1 } }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(net_same_place(&rows[i].a, &rows[i].b) == rows[i].same);
}

static void test_peers(void)
{
	char address[NET_ADDRESS_MAX], other[NET_ADDRESS_MAX];
	struct credssp_address peer;
	int listener, client, server, gai;
	uint16_t port;

	listener = net_listen("127.0.0.1", 0, 1, address, &gai);
	CHECK(listener >= 0 && !strncmp(address, "127.0.0.1:", 10));
	port = (uint16_t)strtoul(address + 10, NULL, 10);
	CHECK(port);
	client = net_connect("127.0.0.1", port, net_now() + 5000, other, &gai);
	server = net_accept(listener);
	CHECK(client >= 0 && server >= 0);
	net_peer(server, &peer);
	CHECK(peer.family == AF_INET && peer.port && peer.address[0] == 127 && !peer.address[15]);
	/* the port is in use, whatever SO_REUSEADDR says */
	CHECK(net_listen("127.0.0.1", port, 1, address, &gai) == -1 && errno == EADDRINUSE);
	close(server);
	close(client);
	close(listener);
	CHECK(net_listen("localhost", 0, 1, address, &gai) == -1 && gai);

	/* a client of IPv4 on a listener for both is one of IPv4 */
	listener = net_listen("", 0, 1, address, &gai);
	CHECK(listener >= 0);
	port = (uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10);
	client = net_connect("127.0.0.1", port, net_now() + 5000, other, &gai);
	server = net_accept(listener);
	net_peer(server, &peer);
	CHECK(peer.family == AF_INET && peer.address[0] == 127 && peer.address[3] == 1);
	close(server);
	close(client);
	close(listener);
}

void test_accept(void)
{
	test_listen();
	test_wrong_options();
	test_right_options();
	test_delivery();
	test_own_verdict();
	test_environment();
	test_connection();
	test_loop();
	test_crowd();
	test_same_place();
	test_peers();
}
