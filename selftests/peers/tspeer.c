// SPDX-License-Identifier: GPL-2.0-only
/*
 * tspeer: a CredSSP acceptor for tests, written from the specifications and independent
 * of the module. It checks its client itself, prints one line for each connection, and
 * has the faults that it is told to have.
 */
#include <getopt.h>
#include <locale.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "krb5_user.h"
#include "peer.h"
#include "rdp_fault.h"

#define BACKLOG		512
#define THREAD_STACK	(256 * 1024)

struct program {
	struct options opt;
	const char *pem;
	const char *ca;
	const char *ticket_key;
	const char *keytab;
	const char *u2u;
	const char *make_cert;
	const char *bind;
	const char *port;
	const char *wrong;
	int days;
	long count;
	bool ec;
	bool every;
	bool every_rdp;
};

/* A port, and the options of its connections. */
struct listener {
	struct options opt;
	int fd;
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
"A CredSSP server that prints one line for each connection.\n\n"
"  --bind ADDRESS      default 127.0.0.1\n"
"  --port N            default 0: any; the first line of output says which\n"
"  --count N           end after N connections\n"
"  --timeout SECONDS   for one message of a client (default 30)\n"
"  --user, --domain, --password NAME   the account (alice, any, Passw0rd!)\n"
"  --version N         own CredSSP version, 2 to 6 (default 6)\n"
"  --mech any|ntlm|spnego|kerberos\n"
"  --keytab FILE       Kerberos too, for the services in it, with or without SPNEGO\n"
"  --u2u NAME          user-to-user tickets only, for the TGT of this service\n"
"  --refuse error|close|alert   how a logon is denied (default error)\n"
"  --error-code N      NTSTATUS of the error-... wrongs\n"
"  --carrier raw|http  TLS inside HTTP's headers, as WinRM has it (default raw)\n"
"  --path PATH         of the service behind HTTP (default /wsman)\n"
"  --x224 auto|hybrid|hybrid-ex   RDP's connection phase before TLS\n"
"  --early             Early User Authorization Result even without X.224\n"
"  --tls 1.2|1.3, --priority STRING   (GnuTLS)\n"
"  --no-tickets, --ask-cert\n"
"  --require-cert      refuse clients without a certificate\n"
"  --ca FILE           issuers that are accepted\n"
"  --ticket-lifetime SECONDS, --ticket-key FILE   (made if it is not there:\n"
"                      servers with the same one resume each other's sessions)\n"
"  --record-limit N    bytes that it takes in one record, from 512 on (RFC 8449)\n"
"  --echo              echo application data after the exchange\n"
"  --rdp NAME          RDP's connection sequence after the exchange, with this\n"
"                      fault; \"none\" for none, --list-rdp tells the names\n"
"  --every-rdp         a port for each of them\n"
"  --vmconnect         Hyper-V's order: a preconnection blob, and X.224 last\n"
"  --x224-failure N    failure code instead of a selection\n"
"  --pem FILE          certificate and key; else a new one: --ec, --host NAME\n"
"  --make-cert FILE    write such a file and end; --days N (0: expired)\n"
"  --wrong NAME        --list-wrong tells the names:\n"
"                      name, verdict (bad: a client must refuse, good, late:\n"
"                      authInfo is out, any), what it needs, what it does\n"
"  --every-wrong       a port for each of them, with what it needs\n";

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

static const char *tls_priority(const char *version)
{
	if (!strcmp(version, "1.2"))
		return "NORMAL:-VERS-ALL:+VERS-TLS1.2";
	if (!strcmp(version, "1.3"))
		return "NORMAL:-VERS-ALL:+VERS-TLS1.3";
	usage();
	return NULL;
}

static bool is_http(const char *carrier)
{
	if (strcmp(carrier, "raw") && strcmp(carrier, "http"))
		usage();
	return !strcmp(carrier, "http");
}

/* The type of an option's argument. */
enum kind { TEXT, NUMBER, COUNT, STATUS, SET, CLEAR, TLS, CARRIER, RDP, LIST, LIST_RDP, HELP };

#define AT(member)	offsetof(struct program, member)

static const struct row {
	const char *name;
	enum kind kind;
	size_t at;
} rows[] = {
	{ "bind", TEXT, AT(bind) },
	{ "port", TEXT, AT(port) },
	{ "count", COUNT, AT(count) },
	{ "timeout", NUMBER, AT(opt.timeout) },
	{ "user", TEXT, AT(opt.account.user) },
	{ "domain", TEXT, AT(opt.account.domain) },
	{ "password", TEXT, AT(opt.account.password) },
	{ "host", TEXT, AT(opt.account.host) },
	{ "version", NUMBER, AT(opt.version) },
	{ "mech", TEXT, AT(opt.mech) },
	{ "keytab", TEXT, AT(keytab) },
	{ "u2u", TEXT, AT(u2u) },
	{ "refuse", TEXT, AT(opt.refuse) },
	{ "error-code", STATUS, AT(opt.error_code) },
	{ "carrier", CARRIER, AT(opt.http) },
	{ "path", TEXT, AT(opt.path) },
	{ "x224", TEXT, AT(opt.x224) },
	{ "early", SET, AT(opt.early) },
	{ "tls", TLS, AT(opt.priority) },
	{ "priority", TEXT, AT(opt.priority) },
	{ "no-tickets", CLEAR, AT(opt.tickets) },
	{ "ticket-lifetime", NUMBER, AT(opt.ticket_lifetime) },
	{ "ticket-key", TEXT, AT(ticket_key) },
	{ "record-limit", NUMBER, AT(opt.record_limit) },
	{ "ask-cert", SET, AT(opt.ask_cert) },
	{ "require-cert", SET, AT(opt.require_cert) },
	{ "ca", TEXT, AT(ca) },
	{ "echo", SET, AT(opt.echo) },
	{ "rdp", RDP, AT(opt.rdp) },
	{ "every-rdp", SET, AT(every_rdp) },
	{ "vmconnect", SET, AT(opt.vmconnect) },
	{ "x224-failure", NUMBER, AT(opt.x224_failure) },
	{ "pem", TEXT, AT(pem) },
	{ "ec", SET, AT(ec) },
	{ "make-cert", TEXT, AT(make_cert) },
	{ "days", NUMBER, AT(days) },
	{ "wrong", TEXT, AT(wrong) },
	{ "every-wrong", SET, AT(every) },
	{ "list-wrong", LIST, 0 },
	{ "list-rdp", LIST_RDP, 0 },
	{ "help", HELP, 0 },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static void set(struct program *p, const struct row *row)
{
	void *at = (char *)p + row->at;

	switch (row->kind) {
	case TEXT:
		*(const char **)at = optarg;
		break;
	case TLS:
		*(const char **)at = tls_priority(optarg);
		break;
	case CARRIER:
		*(bool *)at = is_http(optarg);
		break;
	case NUMBER:
		*(int *)at = atoi(optarg);
		break;
	case COUNT:
		*(long *)at = atol(optarg);
		break;
	case STATUS:
		*(uint32_t *)at = strtoul(optarg, NULL, 0);
		break;
	case SET:
	case CLEAR:
		*(bool *)at = row->kind == SET;
		break;
	case RDP:
		p->opt.rdp = rdp_fault_find(optarg);
		if (!p->opt.rdp)
			usage();
		break;
	case LIST:
		wrong_list();
		exit(0);
	case LIST_RDP:
		rdp_fault_list();
		exit(0);
	case HELP:
		fputs(help, stdout);
		exit(0);
	}
}

static void parse(struct program *p, int argc, char **argv)
{
	struct option options[ROWS + 1] = { 0 };
	int index, o;
	size_t i;

	for (i = 0; i < ROWS; i++) {
		bool bare = rows[i].kind == SET || rows[i].kind == CLEAR || rows[i].kind >= LIST;

		options[i].name = rows[i].name;
		options[i].has_arg = bare ? no_argument : required_argument;
	}
	while ((o = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (o)
			usage();
		set(p, &rows[index]);
	}
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

/* Peers with the same key for tickets resume each other's sessions. */
static void load_ticket_key(struct program *p)
{
	if (p->ticket_key && !gnutls_load_file(p->ticket_key, &p->opt.ticket_key))
		return;
	if (gnutls_session_ticket_key_generate(&p->opt.ticket_key))
		die("ticket key");
	if (p->ticket_key && identity_save(p->ticket_key, &p->opt.ticket_key))
		die("cannot write the ticket key");
}

static void load_keytab(struct program *p)
{
	static struct krb5_acceptor acceptor;
	const char *why;

	if (!p->keytab && !p->u2u)
		return;
	if (!p->keytab)
		usage();
	why = p->u2u ? krb5_user_open(&acceptor, p->keytab, p->u2u) :
		       krb5_acceptor_open(&acceptor, p->keytab);
	if (why)
		die(why);
	p->opt.kerberos = &acceptor;
}

static void print_port(int fd, const char *wrong)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char port[16];

	if (getsockname(fd, (struct sockaddr *)&addr, &len) ||
	    getnameinfo((struct sockaddr *)&addr, len, NULL, 0, port, sizeof(port),
			NI_NUMERICSERV))
		die("getsockname");
	printf("listening port=%s wrong=%s", port, wrong);
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

/*
 * Set the options that a row of the table needs, but for the
 * client's choices, mechanism and version.
 */
static void need(struct options *opt, const char *needs)
{
	if (!strcmp(needs, "x224"))
		opt->x224 = "auto";
	else if (!strcmp(needs, "early"))
		opt->x224 = "hybrid-ex";
	else if (!strcmp(needs, "http"))
		opt->http = true;
	else if (!strncmp(needs, "tls", 3))
		opt->priority = tls_priority(needs + 3);
}

static void add_listener(struct listener *l, const struct program *p,
			 const struct wrong *wrong, const struct rdp_fault *fault)
{
	l->opt = p->opt;
	l->opt.wrong = wrong;
	if (p->every)
		need(&l->opt, wrong->needs);
	if (fault)
		l->opt.rdp = fault;
	l->fd = start_listening(p);
	print_port(l->fd, fault ? rdp_fault_name(fault) : wrong->name);
	identity_print(&p->opt.identity);
	printf("\n");
}

static size_t make_listeners(const struct program *p, struct listener **list)
{
	size_t count = 1, i;

	while ((p->every && wrong_at(count)) || (p->every_rdp && rdp_fault_at(count)))
		count++;
	*list = calloc(count, sizeof(**list));
	if (!*list)
		die("calloc");
	for (i = 0; i < count; i++)
		add_listener(&(*list)[i], p, p->every ? wrong_at(i) : p->opt.wrong,
			     p->every_rdp ? rdp_fault_at(i) : NULL);
	printf("ready\n");
	fflush(stdout);
	return count;
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

static void serve(const struct program *p, const struct listener *list, size_t count)
{
	struct pollfd *fds = calloc(count, sizeof(*fds));
	long accepted = 0;
	size_t i;

	if (!fds)
		die("calloc");
	for (i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = list[i].fd, .events = POLLIN };
	while (!p->count || accepted < p->count) {
		poll(fds, count, -1);
		for (i = 0; i < count; i++) {
			int fd = fds[i].revents ? accept(fds[i].fd, NULL, NULL) : -1;

			if (fd >= 0)
				spawn(&list[i].opt, ++accepted, fd);
		}
	}
	pthread_mutex_lock(&lock);
	while (finished < accepted)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	free(fds);
}

int main(int argc, char **argv)
{
	static struct program p = {
		.opt = {
			.account = { .user = "alice", .password = "Passw0rd!",
				     .host = "localhost" },
			.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
			.mech = "any", .refuse = "error", .version = 6, .timeout = 30,
			.error_code = 0xc000006d, .tickets = true, .path = "/wsman",
		},
		.bind = "127.0.0.1", .port = "0", .days = 365,
	};
	struct listener *list;
	size_t count;

	setlocale(LC_CTYPE, "C.UTF-8");
	parse(&p, argc, argv);
	if (p.make_cert)
		return identity_make(p.make_cert, p.opt.account.host, p.ec, p.days) ? 70 : 0;
	load_identity(&p);
	if (p.ca && identity_take(&p.opt.identity, p.ca))
		die("cannot use the issuers");
	load_ticket_key(&p);
	load_keytab(&p);
	count = make_listeners(&p, &list);
	serve(&p, list, count);
	free(list);
	return 0;
}
