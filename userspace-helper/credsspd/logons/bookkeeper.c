// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "bookkeeper.h"
#include "books.h"
#include "logon_impl.h"
#include "sandbox/sandbox.h"

/**
 * struct bookkeeper - its state
 * @fd: connection to the gate
 * @books: the accounts
 * @in: a question; one byte more, so that a longer one is noticed
 * @out: a verdict
 */
struct bookkeeper {
	int fd;
	struct books books;
	uint8_t in[LOGON_QUESTION_MAX + 1];
	uint8_t out[LOGON_VERDICT_MAX];
};

static int bookkeeper_tell(struct bookkeeper *bk, const struct logon_verdict *v)
{
	const size_t length = sizeof(*v) + v->reply.name_length;
	ssize_t sent;

	memcpy(bk->out, v, sizeof(*v));
	sent = write(bk->fd, bk->out, length);
	explicit_bzero(bk->out, length);
	return sent == (ssize_t)length ? 0 : -EPIPE;
}

static int bookkeeper_answer(struct bookkeeper *bk, size_t length)
{
	struct logon_question q;
	struct logon_request r;
	struct logon_verdict v;
	int ret;

	if (length < sizeof(q))
		return -EBADMSG;
	memcpy(&q, bk->in, sizeof(q));
	ret = logon_request_read(&r, bk->in + sizeof(q), length - sizeof(q));
	if (ret)
		return ret;
	books_check(&bk->books, &r, &v, (char *)bk->out + sizeof(v));
	v.id = q.id;
	v.usable = bk->books.usable;
	ret = bookkeeper_tell(bk, &v);
	explicit_bzero(&v, sizeof(v));
	return ret;
}

/* A negative errno: the gate has closed the connection, or something is wrong. */
static int bookkeeper_turn(struct bookkeeper *bk)
{
	ssize_t got = read(bk->fd, bk->in, sizeof(bk->in));
	int ret;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -EPIPE;
	ret = bookkeeper_answer(bk, got);
	explicit_bzero(bk->in, got);
	return ret;
}

/* Only now it gets what initiators have sent. */
static int bookkeeper_begin(struct bookkeeper *bk, const struct bookkeeper_setup *setup)
{
	const struct logon_verdict hello = { .usable = bk->books.usable };
	int ret = sandbox_bookkeeper(setup->gate, bk->fd, setup->user);

	return ret ? ret : bookkeeper_tell(bk, &hello);
}

int bookkeeper_serve(int fd, const struct bookkeeper_setup *setup)
{
	struct bookkeeper *bk = calloc(1, sizeof(*bk));
	int ret = bk ? books_open(&bk->books, setup->path, setup->machine) : -ENOMEM;

	if (ret) {
		log_error("accounts: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	bk->fd = fd;
	ret = bookkeeper_begin(bk, setup);
	while (!ret)
		ret = bookkeeper_turn(bk);
	books_close(&bk->books);
	explicit_bzero(bk, sizeof(*bk));
	free(bk);
	return ret == -EPIPE ? EXIT_SUCCESS : EXIT_FAILURE;
}
