// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../ioctl/tap.h"
#include "gss_peer.h"

#define SCRIPT	"selftests/peers/gss_acceptor.py"

static void run_script(const struct gss_peer *g, int in, int out)
{
	const char *top = getenv("CREDSSP_TOP");
	char path[4096];

	snprintf(path, sizeof(path), "%s/" SCRIPT, top ? top : ".");
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl("/usr/bin/python3", "python3", path, g->mech, g->keytab, (char *)NULL);
	_exit(127);
}

static void start(struct gss_peer *g)
{
	int in[2], out[2];
	pid_t pid;

	REQUIRE(!pipe(in) && !pipe(out));
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		close(in[1]);
		close(out[0]);
		run_script(g, in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	/* Closed when the test's process ends, upon which the acceptor ends. */
	g->to = fdopen(in[1], "w");
	g->from = fdopen(out[0], "r");
	REQUIRE(g->to && g->from);
}

static void put_hex(struct gss_peer *g, struct span s)
{
	size_t i;

	fputs(s.len ? " " : " -", g->to);
	for (i = 0; i < s.len; i++)
		fprintf(g->to, "%02x", s.p[i]);
}

/* Send what was written; the answer's first word, with the rest of the line at @rest. */
static const char *ask(struct gss_peer *g, char **rest)
{
	char *word;

	fputc('\n', g->to);
	REQUIRE(!fflush(g->to));
	REQUIRE(getline(&g->line, &g->line_size, g->from) > 0);
	g->line[strcspn(g->line, "\n")] = '\0';
	*rest = g->line;
	word = strsep(rest, " ");
	g->error[0] = '\0';
	if (!strcmp(word, "error"))
		snprintf(g->error, sizeof(g->error), "%s", *rest ? *rest : "");
	return word;
}

static void get_hex(const char *hex, struct bytes *out)
{
	unsigned int byte;

	bytes_free(out);
	while (hex && *hex) {
		REQUIRE(sscanf(hex, "%2x", &byte) == 1);
		bytes_u8(out, byte);
		hex += 2;
	}
}

void gss_peer_new(struct gss_peer *g, struct span bindings)
{
	char *rest;

	if (!g->to)
		start(g);
	g->done = false;
	g->bound = false;
	g->mutual = false;
	fputs("new", g->to);
	put_hex(g, bindings);
	REQUIRE(!strcmp(ask(g, &rest), "ok"));
}

bool gss_peer_accept(struct gss_peer *g, struct span token)
{
	const char *word, *flags, *user;
	char *rest;

	fputs("accept", g->to);
	put_hex(g, token);
	word = ask(g, &rest);
	bytes_free(&g->token);
	if (!strcmp(word, "more")) {
		get_hex(rest, &g->token);
		return true;
	}
	if (strcmp(word, "done"))
		return false;
	flags = strsep(&rest, " ");
	user = strsep(&rest, " ");
	REQUIRE(flags && user);
	g->done = true;
	g->bound = strstr(flags, "channel_bound");
	g->mutual = strstr(flags, "mutual_authentication");
	snprintf(g->user, sizeof(g->user), "%s", user);
	get_hex(rest, &g->token);
	return true;
}

bool gss_peer_message(struct gss_peer *g, const char *verb, struct span in, struct bytes *out)
{
	char *rest;

	fputs(verb, g->to);
	put_hex(g, in);
	if (strcmp(ask(g, &rest), "ok"))
		return false;
	get_hex(rest, out);
	return true;
}

bool gss_peer_verify(struct gss_peer *g, struct span message, struct span signature)
{
	char *rest;

	fputs("verify", g->to);
	put_hex(g, message);
	put_hex(g, signature);
	return !strcmp(ask(g, &rest), "ok");
}
