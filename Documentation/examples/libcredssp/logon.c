// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * logon HOST PORT: logs on to a CredSSP server that speaks TLS at once, with the user's saved
 * credentials or Kerberos tickets, then copies what it says to standard output. It compiles as
 * C11 and as C++17.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <credssp.h>

static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints, *list, *ai;
	int fd = -1;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if (getaddrinfo(host, port, &hints, &list))
		return -1;
	for (ai = list; ai && fd < 0; ai = ai->ai_next) {
		fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol);
		if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

static int32_t log_on(struct credssp *lib, int fd, const char *target)
{
	struct credssp_acquire args;
	uint64_t cred;
	int32_t status;

	/* With no key and no strings: the saved credentials of the target, or tickets */
	memset(&args, 0, sizeof(args));
	args.use = SECPKG_CRED_OUTBOUND;
	status = credssp_acquire_credentials_handle(lib, &args, &cred, NULL);
	if (status != SEC_E_OK)
		return status;
	status = credssp_authenticate_socket(lib, cred, fd, target,
					     ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, 0, 0, NULL);
	credssp_free_credentials_handle(lib, cred);
	return status;
}

static int copy(int fd)
{
	char buffer[4096];
	ssize_t n;

	while ((n = credssp_recv(fd, buffer, sizeof(buffer), 0)) > 0)
		fwrite(buffer, 1, (size_t)n, stdout);
	if (n < 0)
		perror("logon: receive");
	return n < 0;
}

static int run(struct credssp *lib, const char *host, const char *port)
{
	int fd = connect_to(host, port), failed = 1;
	char target[CREDSSP_MAX_TARGET + 1];
	int32_t status;

	if (fd < 0) {
		perror("logon: connect");
		return 1;
	}
	snprintf(target, sizeof(target), "TERMSRV/%s", host);
	status = log_on(lib, fd, target);
	if (status == SEC_E_OK)
		failed = copy(fd);
	else
		fprintf(stderr, "logon: %s: %s\n", credssp_status_name(status),
			credssp_status_text(status));
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	struct credssp *lib;
	int failed;

	if (argc != 3) {
		fprintf(stderr, "usage: logon HOST PORT\n");
		return 2;
	}
	lib = credssp_open();
	if (!lib) {
		perror("logon: /dev/credssp");
		return 1;
	}
	failed = run(lib, argv[1], argv[2]);
	credssp_close(lib);
	return failed;
}
