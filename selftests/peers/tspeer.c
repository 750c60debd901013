// SPDX-License-Identifier: GPL-2.0-only
/*
 * tspeer: a CredSSP acceptor for tests, written from the specifications and
 * independent of the module.  It judges its client by itself, one line for each
 * connection, and does wrong what it is told to do wrong.
 */
#include <getopt.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

#define BACKLOG		512
#define THREAD_STACK	(256 * 1024)

struct program {
	struct options opt;
	const char *pem;
	const char *make_cert;
	const char *bind;
	const char *port;
	const char *wrong;
	int days;
	long count;
	bool ec;
};

struct job {
	const struct options *opt;
	unsigned int id;
	int fd;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long finished;

static const char help[] =
"usage: tspeer [OPTION...]\n"
"A CredSSP server that prints what it saw, a line a connection.\n\n"
"  --bind ADDRESS      default 127.0.0.1\n"
"  --port N            default 0: any; the first line of output says which\n"
"  --count N           end after N connections\n"
"  --timeout SECONDS   for one message of a client (default 30)\n"
"  --user, --domain, --password NAME   the account (alice, any, Passw0rd!)\n"
"  --version N         own CredSSP version, 2 to 6 (default 6)\n"
"  --mech any|ntlm|spnego\n"
"  --refuse error|close|alert   how a logon is denied (default error)\n"
"  --error-code N      NTSTATUS of the error-... wrongs\n"
"  --x224 auto|hybrid|hybrid-ex   RDP's connection phase before TLS\n"
"  --early             Early User Authorization Result even without X.224\n"
"  --tls 1.2|1.3, --priority STRING   (GnuTLS)\n"
"  --no-tickets, --ask-cert\n"
"  --echo              echo application data after the exchange\n"
"  --pem FILE          certificate and key; else a new one: --ec, --host NAME\n"
"  --make-cert FILE    write such a file and end; --days N (0: expired)\n"
"  --wrong NAME        --list-wrong tells the names:\n"
"                      name, verdict (bad: a client must refuse, good, late:\n"
"                      authInfo is out, any), what it needs, what it does\n";

static void usage(void)
{
	fputs(help, stderr);
	exit(64);
}

static void die(const char *what)
{
	fprintf(stderr, "tspeer: %s\n", what);
	exit(70);
}

enum {
	O_BIND = 1, O_PORT, O_COUNT, O_TIMEOUT, O_USER, O_DOMAIN, O_PASSWORD, O_VERSION, O_MECH,
	O_REFUSE, O_ERROR, O_X224, O_EARLY, O_TLS, O_PRIORITY, O_NO_TICKETS, O_ASK_CERT, O_ECHO,
	O_PEM, O_EC, O_HOST, O_MAKE_CERT, O_DAYS, O_WRONG, O_LIST_WRONG, O_HELP,
};

static const struct option long_options[] = {
	{ "bind", required_argument, NULL, O_BIND },
	{ "port", required_argument, NULL, O_PORT },
	{ "count", required_argument, NULL, O_COUNT },
	{ "timeout", required_argument, NULL, O_TIMEOUT },
	{ "user", required_argument, NULL, O_USER },
	{ "domain", required_argument, NULL, O_DOMAIN },
	{ "password", required_argument, NULL, O_PASSWORD },
	{ "version", required_argument, NULL, O_VERSION },
	{ "mech", required_argument, NULL, O_MECH },
	{ "refuse", required_argument, NULL, O_REFUSE },
	{ "error-code", required_argument, NULL, O_ERROR },
	{ "x224", required_argument, NULL, O_X224 },
	{ "early", no_argument, NULL, O_EARLY },
	{ "tls", required_argument, NULL, O_TLS },
	{ "priority", required_argument, NULL, O_PRIORITY },
	{ "no-tickets", no_argument, NULL, O_NO_TICKETS },
	{ "ask-cert", no_argument, NULL, O_ASK_CERT },
	{ "echo", no_argument, NULL, O_ECHO },
	{ "pem", required_argument, NULL, O_PEM },
	{ "ec", no_argument, NULL, O_EC },
	{ "host", required_argument, NULL, O_HOST },
	{ "make-cert", required_argument, NULL, O_MAKE_CERT },
	{ "days", required_argument, NULL, O_DAYS },
	{ "wrong", required_argument, NULL, O_WRONG },
	{ "list-wrong", no_argument, NULL, O_LIST_WRONG },
	{ "help", no_argument, NULL, O_HELP },
	{ 0 }
};

static const char *tls_priority(const char *version)
{
	if (!strcmp(version, "1.2"))
		return "NORMAL:-VERS-ALL:+VERS-TLS1.2";
	if (!strcmp(version, "1.3"))
		return "NORMAL:-VERS-ALL:+VERS-TLS1.3";
	usage();
	return NULL;
}

/* Options of the connection; true when @o is one of them. */
static bool connection_option(struct options *opt, int o)
{
	switch (o) {
	case O_TIMEOUT: opt->timeout = atoi(optarg); break;
	case O_USER: opt->account.user = optarg; break;
	case O_DOMAIN: opt->account.domain = optarg; break;
	case O_PASSWORD: opt->account.password = optarg; break;
	case O_HOST: opt->account.host = optarg; break;
	case O_VERSION: opt->version = atoi(optarg); break;
	case O_MECH: opt->mech = optarg; break;
	case O_REFUSE: opt->refuse = optarg; break;
	case O_ERROR: opt->error_code = strtoul(optarg, NULL, 0); break;
	case O_X224: opt->x224 = optarg; break;
	case O_EARLY: opt->early = true; break;
	case O_TLS: opt->priority = tls_priority(optarg); break;
	case O_PRIORITY: opt->priority = optarg; break;
	case O_NO_TICKETS: opt->tickets = false; break;
	case O_ASK_CERT: opt->ask_cert = true; break;
	case O_ECHO: opt->echo = true; break;
	default: return false;
	}
	return true;
}

static void program_option(struct program *p, int o)
{
	switch (o) {
	case O_BIND: p->bind = optarg; break;
	case O_PORT: p->port = optarg; break;
	case O_COUNT: p->count = atol(optarg); break;
	case O_PEM: p->pem = optarg; break;
	case O_EC: p->ec = true; break;
	case O_MAKE_CERT: p->make_cert = optarg; break;
	case O_DAYS: p->days = atoi(optarg); break;
	case O_WRONG: p->wrong = optarg; break;
	case O_LIST_WRONG: wrong_list(); exit(0);
	case O_HELP: fputs(help, stdout); exit(0);
	default: usage();
	}
}

static void parse(struct program *p, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!connection_option(&p->opt, o))
			program_option(p, o);
	p->opt.wrong = wrong_find(p->wrong);
	if (optind != argc || !p->opt.wrong)
		usage();
}

static void load_identity(struct program *p)
{
	char path[] = "/tmp/tspeer-XXXXXX";
	int fd, rc;

	if (p->pem) {
		if (identity_load(&p->opt.identity, p->pem))
			die("cannot use the certificate");
		return;
	}
	fd = mkstemp(path);
	if (fd < 0)
		die("mkstemp");
	close(fd);
	rc = identity_make(path, p->opt.account.host, p->ec, p->days);
	rc = rc ? rc : identity_load(&p->opt.identity, path);
	unlink(path);
	if (rc)
		die("cannot make a certificate");
}

static void print_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char port[16];

	if (getsockname(fd, (struct sockaddr *)&addr, &len) ||
	    getnameinfo((struct sockaddr *)&addr, len, NULL, 0, port, sizeof(port),
			NI_NUMERICSERV))
		die("getsockname");
	printf("listening port=%s", port);
}

static int start_listening(const struct program *p)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int fd, one = 1;

	if (getaddrinfo(p->bind, p->port, &hints, &list))
		die("not an address or port");
	fd = socket(list->ai_family, list->ai_socktype, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, list->ai_addr, list->ai_addrlen) || listen(fd, BACKLOG))
		die("cannot listen");
	freeaddrinfo(list);
	return fd;
}

static void *job_run(void *arg)
{
	struct job job = *(struct job *)arg;

	free(arg);
	conn_serve(job.opt, job.id, job.fd);
	pthread_mutex_lock(&lock);
	finished++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void spawn(const struct options *opt, unsigned int id, int fd)
{
	struct job *job = malloc(sizeof(*job));
	pthread_attr_t attr;
	pthread_t thread;

	if (!job)
		die("malloc");
	*job = (struct job){ opt, id, fd };
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	if (pthread_create(&thread, &attr, job_run, job))
		die("pthread_create");
	pthread_attr_destroy(&attr);
}

static void serve(const struct program *p, int listener)
{
	long accepted = 0;

	while (!p->count || accepted < p->count) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			spawn(&p->opt, ++accepted, fd);
	}
	close(listener);
	pthread_mutex_lock(&lock);
	while (finished < accepted)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv)
{
	static struct program p = {
		.opt = {
			.account = { .user = "alice", .password = "Passw0rd!",
				     .host = "localhost" },
			.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
			.mech = "any", .refuse = "error", .version = 6, .timeout = 30,
			.error_code = 0xc000006d, .tickets = true,
		},
		.bind = "127.0.0.1", .port = "0", .days = 365,
	};
	int fd;

	setlocale(LC_CTYPE, "C.UTF-8");
	parse(&p, argc, argv);
	if (p.make_cert)
		return identity_make(p.make_cert, p.opt.account.host, p.ec, p.days) ? 70 : 0;
	load_identity(&p);
	if (gnutls_session_ticket_key_generate(&p.opt.ticket_key))
		die("ticket key");
	fd = start_listening(&p);
	print_port(fd);
	identity_print(&p.opt.identity);
	printf("\n");
	fflush(stdout);
	serve(&p, fd);
	return 0;
}
