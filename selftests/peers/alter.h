/* SPDX-License-Identifier: GPL-2.0-only */
/* What tsproxy does to a message of the client. */
#ifndef PEER_ALTER_H
#define PEER_ALTER_H

#include "bytes.h"

enum alter_what {
	ALTER_NOTHING,
	ALTER_FLIP,	/* one bit, after @part eighths of the message */
	ALTER_CUT,	/* the first @part eighths, then close */
	ALTER_TWICE,	/* the message, and again */
	ALTER_BEFORE,	/* the client's message before it, instead */
	ALTER_REFLECT,	/* the server's last message, instead */
	ALTER_OLD,	/* the same message of the last connection that was not altered */
	ALTER_MORE,	/* a byte behind it */
	ALTER_HUGE,	/* the header of a message of 2 GiB, instead */
	ALTER_ENDLESS,	/* with an indefinite length */
	ALTER_TAG,	/* a SET */
	ALTER_VERSION,	/* of CredSSP: @part */
	ALTER_FILL,	/* 64 KiB of an OCTET STRING without an end, instead */
	ALTER_GARBAGE,	/* text, instead */
	ALTER_CLOSE,	/* nothing */
};

/* The layer in which messages are counted and altered */
enum alter_layer {
	ALTER_REQUESTS,	/* TSRequests: the proxy has the acceptor's key, and ends TLS */
	ALTER_RECORDS,	/* the records of TLS, as they are */
};

/**
 * struct alter - a row of the table
 * @name: its name
 * @layer: see above
 * @what: what is done
 * @message: to which message of the client, from 1 on
 * @part: see enum alter_what
 * @harmless: the logon may succeed
 */
struct alter {
	const char *name;
	enum alter_layer layer;
	enum alter_what what;
	unsigned int message;
	unsigned int part;
	bool harmless;
};

extern const struct alter alter_table[];
extern const size_t alter_count;

/**
 * struct alter_seen - what was seen of a connection
 * @message: of the client, the latest one first
 * @before: the one before it
 * @answer: the server's last one
 * @old: the same message of another connection
 */
struct alter_seen {
	struct span message;
	struct span before;
	struct span answer;
	struct span old;
};

/*
 * Append to @out what is sent instead of @seen->message. False if there is nothing that it can
 * be done with. @close: out: the connection ends there.
 */
bool alter_apply(const struct alter *a, const struct alter_seen *seen, struct bytes *out,
		 bool *close);

#endif
