// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kdcs.h"
#include "test.h"
#include "tests/ctl_test.h"

#define ROWS \
	"R.EXAMPLE udp 192.0.2.1:88 1000 1001 12 answered\n" \
	"R.EXAMPLE tcp 2001:db8::1:88 990 100 7 no-answer\n" \
	"R.EXAMPLE udp 192.0.2.3:88 0 0 0 error\n" \
	"NO\x1bWHERE - - 999 0 0 no-kdc\n"
#define WHOLE	"credssp-kdcs 1 7\n" ROWS "end 7\n"

static struct kdcs k;

static const char *printed(int64_t now)
{
	static char text[2048];
	FILE *f = fmemopen(text, sizeof(text), "w");

	kdcs_print(f, &k, now);
	fclose(f);
	return text;
}

static void test_kdcs_parse(void)
{
	static const char *const wrong[] = {
		"", "credssp-kdcs 2 7\nend 7\n", "credssp-kdcs 1 7\n" ROWS,
		"credssp-kdcs 1 7\n" ROWS "end 6\n", "credssp-kdcs 1 7\nR udp\nend 7\n",
		"credssp-kdcs 1 7\n\nend 7\n", "credssp-kdcs 1 7",
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!kdcs_parse(&k, wrong[i]));
	CHECK(kdcs_parse(&k, "credssp-kdcs 1 7\nend 7\n") && !k.count);
	CHECK(strstr(printed(0), "none has been asked"));
	CHECK(kdcs_parse(&k, WHOLE) && k.count == 4);
	CHECK(!strcmp(k.kdc[1].address, "2001:db8::1:88") && k.kdc[1].ms == 7);
}

static void test_kdcs_print(void)
{
	const char *text = printed(1011);

	CHECK(strstr(text, " R.EXAMPLE: 192.0.2.1:88 by UDP, answered 10 s ago after 12 ms\n"));
	CHECK(strstr(text, " R.EXAMPLE: 2001:db8::1:88 by TCP, no answer, asked 21 s ago, "));
	CHECK(strstr(text, " ago, last answer 15 min ago\n"));
	CHECK(strstr(text, "192.0.2.3:88 by UDP, error, asked 16 min ago\n"));
	/* A control character does not reach the terminal. */
	CHECK(strstr(text, "no KDC is known, asked 12 s ago\n") && !strchr(text, '\x1b'));
	CHECK(strstr(printed(1000 + 3 * 3600), "answered 2 h ago"));
	/* A clock that was set back */
	CHECK(strstr(printed(0), "answered 0 s ago"));
	k.err = EACCES;
	CHECK(strstr(printed(0), "only root"));
	k.err = ENOENT;
	CHECK(strstr(printed(0), "not known"));
	k.err = 0;
}

static void test_kdcs_json(void)
{
	char text[2048];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct json j = { .f = f };

	json_open(&j, NULL, '{');
	kdcs_json(&j, &k);
	json_close(&j, '}');
	fclose(f);
	CHECK(strstr(text, "\"answered\": 1001") && strstr(text, "\"milliseconds\": 12"));
	CHECK(strstr(text, "\"transport\": null") && strstr(text, "\"answered\": null"));
}

static void test_kdcs_file(void)
{
	char path[] = "/tmp/kdcs-XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, WHOLE, strlen(WHOLE)) == (ssize_t)strlen(WHOLE));
	kdcs_read(&k, path);
	CHECK(!k.err && k.count == 4);
	/* It is being written all the time. */
	CHECK(!ftruncate(fd, strlen(WHOLE) - 3));
	kdcs_read(&k, path);
	CHECK(k.err == EBADMSG);
	close(fd);
	unlink(path);
	kdcs_read(&k, path);
	CHECK(k.err == ENOENT);
	kdcs_read(&k, "/dev/null");
	CHECK(k.err == EBADMSG);
}

void test_kdcs(void)
{
	test_kdcs_parse();
	test_kdcs_print();
	test_kdcs_json();
	test_kdcs_file();
}
