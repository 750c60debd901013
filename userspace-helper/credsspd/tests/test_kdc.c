// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"
#include "test_kdc.h"

#define COMMAND_SIZE	1024
/* What kadmin.local prints for queries that fail */
#define ADMIN_ERRORS	" while |usage:|invalid|Invalid|unknown|Unknown|not found"
/* Types of the keys that the KDC makes */
#define TYPES	"aes256-cts:normal aes128-cts:normal aes256-sha2:normal aes128-sha2:normal " \
		"rc4-hmac:normal"
/* Files of a test */
#define PATHS		32
/* Tenths of a second until the KDC listens */
#define START_TENTHS	300

static char directory[32] = "/tmp/test_kdc.XXXXXX";
static unsigned int port;
static pid_t kdc;

const char *test_kdc_path(const char *file)
{
	static char paths[PATHS][128];
	char path[sizeof(paths[0])];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	for (size_t i = 0; i < PATHS; i++) {
		if (!*paths[i])
			strcpy(paths[i], path);
		if (!strcmp(paths[i], path))
			return paths[i];
	}
	ENSURE(false);
	return NULL;
}

const char *test_kdc_conf(void)
{
	return test_kdc_path("krb5.conf");
}

void test_kdc_shell(const char *format, ...)
{
	char command[COMMAND_SIZE];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	ENSURE(n >= 0 && n < COMMAND_SIZE);
	if (system(command)) {
		fprintf(stderr, "failed: %s\n", command);
		exit(EXIT_FAILURE);
	}
}

void test_kdc_admin(const char *format, ...)
{
	char query[COMMAND_SIZE / 2];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(query, sizeof(query), format, args);
	va_end(args);
	ENSURE(n >= 0 && n < (int)sizeof(query));
	/* It does not fail if the query does. */
	test_kdc_shell("kadmin.local -r %s -q '%s' >%s 2>&1 && ! grep -E '%s' %s >&2",
		       TEST_KDC_REALM, query, test_kdc_path("admin.log"), ADMIN_ERRORS,
		       test_kdc_path("admin.log"));
}

/* A free port for UDP and TCP */
static unsigned int find_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ENSURE(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)));
	ENSURE(!getsockname(fd, (struct sockaddr *)&a, &length));
	close(fd);
	return ntohs(a.sin_port);
}

static void write_file(const char *name, const char *format, ...)
{
	FILE *f = fopen(test_kdc_path(name), "w");
	va_list args;

	ENSURE(f);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	ENSURE(!fclose(f));
}

static void write_conf(void)
{
	/* krb5.conf asks for weak types: the worker does not care. */
	write_file("krb5.conf",
		   "[libdefaults]\n"
		   "default_realm = " TEST_KDC_REALM "\n"
		   "dns_lookup_kdc = false\ndns_lookup_realm = false\nrdns = false\n"
		   "allow_weak_crypto = true\nallow_rc4 = true\n"
		   "permitted_enctypes = rc4 aes\n"
		   "default_tgs_enctypes = rc4 aes\ndefault_tkt_enctypes = aes rc4\n"
		   "default_ccache_name = FILE:%s/cc_%%{uid}\n"
		   "default_client_keytab_name = FILE:%s/client.keytab\n"
		   "[realms]\n" TEST_KDC_REALM " = {\nkdc = 127.0.0.1:%u\n"
		   "pkinit_anchors = FILE:%s/ca.pem\n}\n"
		   "NOBODY.EXAMPLE = {\nkdc = 127.0.0.1:1\n}\n"
		   "[domain_realm]\n.mapped.test = " TEST_KDC_REALM "\n",
		   directory, directory, port, directory);
	write_file("kdc.conf",
		   "[kdcdefaults]\nkdc_listen = 127.0.0.1:%u\nkdc_tcp_listen = 127.0.0.1:%u\n"
		   "[realms]\n" TEST_KDC_REALM " = {\n"
		   "database_name = %s/principal\nkey_stash_file = %s/stash\n"
		   "acl_file = %s/acl\nmax_life = 10h\nmax_renewable_life = 1d\n"
		   "master_key_type = aes256-cts\n"
		   "supported_enctypes = " TYPES "\n"
		   "encrypted_challenge_indicator = armored\n"
		   "pkinit_identity = FILE:%s/kdc-now.pem,%s/kdc.key\n"
		   "pkinit_anchors = FILE:%s/all-cas.pem\n}\n"
		   "[logging]\nkdc = FILE:%s/kdc.log\n",
		   port, port, directory, directory, directory, directory, directory, directory,
		   directory);
}

static void set_up(void)
{
	char *path;

	ENSURE(mkdtemp(directory));
	port = find_port();
	ENSURE(!setenv("KRB5_CONFIG", test_kdc_conf(), 1));
	ENSURE(!setenv("KRB5_KDC_PROFILE", test_kdc_path("kdc.conf"), 1));
	/* krb5kdc is in sbin. */
	ENSURE(asprintf(&path, "%s:/usr/sbin:/sbin", getenv("PATH")) > 0);
	ENSURE(!setenv("PATH", path, 1));
	free(path);
	write_conf();
	test_kdc_shell("kdb5_util create -s -r " TEST_KDC_REALM " -P master >%s 2>&1",
		       test_kdc_path("create.log"));
}

static void wait_for_kdc(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int ret = -1;

	for (int i = 0; i < START_TENTHS && ret; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		usleep(100000);
		ret = connect(fd, (struct sockaddr *)&a, sizeof(a));
		close(fd);
	}
	ENSURE(!ret);
}

void test_kdc_go_on(void)
{
	kdc = fork();
	ENSURE(kdc >= 0);
	if (!kdc) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("krb5kdc", "krb5kdc", "-n", "-r", TEST_KDC_REALM, NULL);
		perror("krb5kdc");
		_exit(EXIT_FAILURE);
	}
	wait_for_kdc();
}

void test_kdc_stop(void)
{
	ENSURE(!kill(kdc, SIGKILL) && waitpid(kdc, NULL, 0) == kdc);
}

void test_kdc_start(void)
{
	set_up();
	test_kdc_go_on();
}

void test_kdc_end(void)
{
	test_kdc_stop();
	test_kdc_shell("rm -rf %s", directory);
}
