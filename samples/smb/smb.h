/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * credssp_smb: the connection set-up of an SMB redirector.  What the layers share; who calls
 * whom, lowest layer first:
 *
 *	wire.c		bounded reading and writing
 *	transport.c	TCP, and the length in front of each packet
 *	signing.c	keys, signatures and the hash of the exchange
 *	message.c	SMB2's header: a request and its answer
 *	status.c	names of the server's statuses
 *	negotiate.c	NEGOTIATE: the dialect, and the proof that nobody has lowered it
 *	session.c	SESSION_SETUP: the logon, which credssp.ko does; LOGOFF
 *	tree.c		TREE_CONNECT and ECHO
 *	connection.c	the sequence as tables of steps; start, cancel, end
 *	configfs.c	what the user configures and reads
 *
 * "SMB2" is MS-SMB2, Server Message Block Protocol Versions 2 and 3.
 */
#ifndef SMB_SMB_H
#define SMB_SMB_H

#include <linux/configfs.h>
#include <linux/credssp.h>
#include <linux/mutex.h>
#include <linux/socket.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "wire.h"

struct cred;
struct key;
struct smb_connection;
struct smb_signer;
struct socket;

/* The longest packet that is taken: the answers here carry a token, or less. */
#define SMB_MAX_RECEIVED	(24 * 1024)
/* The longest packet that is sent: a token, whose length has 16 bits, and its headers. */
#define SMB_MAX_SENT		(64 * 1024 + 256)
#define SMB_MAX_NAME		256
#define SMB_MAX_OUTCOME		320

#define SMB_HEADER		64	/* bytes of a header, SMB2 2.2.1 */
#define SMB_SIGNATURE		16
#define SMB_SIGNATURE_AT	48
#define SMB_KEY			16	/* bytes of a session's keys (SMB2 3.2.1.3) */
#define SMB_GUID		16
#define SMB_HASH		64	/* SHA-512 */

/* Dialects, SMB2 2.2.3 */
#define SMB_DIALECT_210		0x0210
#define SMB_DIALECT_300		0x0300
#define SMB_DIALECT_302		0x0302
#define SMB_DIALECT_311		0x0311

/* SigningAlgorithms, SMB2 2.2.3.1.7 */
#define SMB_SIGN_HMAC_SHA256	0
#define SMB_SIGN_AES_CMAC	1
#define SMB_SIGN_AES_GMAC	2

/* Commands, SMB2 2.2.1.2 */
#define SMB_NEGOTIATE		0x0000
#define SMB_SESSION_SETUP	0x0001
#define SMB_LOGOFF		0x0002
#define SMB_TREE_CONNECT	0x0003
#define SMB_TREE_DISCONNECT	0x0004
#define SMB_IOCTL		0x000b
#define SMB_ECHO		0x000d

/* SecurityMode, SMB2 2.2.3: of this client always both */
#define SMB_SIGNING_ENABLED	0x1
#define SMB_SIGNING_REQUIRED	0x2

/* NTSTATUS, MS-ERREF 2.3.1; status.c has the names of more */
#define STATUS_SUCCESS			0x00000000
#define STATUS_PENDING			0x00000103
#define STATUS_INVALID_DEVICE_REQUEST	0xc0000010
#define STATUS_MORE_PROCESSING_REQUIRED	0xc0000016
#define STATUS_ACCESS_DENIED		0xc0000022
#define STATUS_NOT_SUPPORTED		0xc00000bb
#define STATUS_FILE_CLOSED		0xc0000128
#define STATUS_NETWORK_SESSION_EXPIRED	0xc000035c

/**
 * struct smb_step - one step of a sequence
 * @name: for state and outcome
 * @run: carries it out: 0, or a negative errno whose words it has told to smb_fail()
 */
struct smb_step {
	const char *name;
	int (*run)(struct smb_connection *c);
};

/**
 * struct smb_settings - what the user writes; constant while steps run
 * @address: IPv4 or IPv6 address of the server
 * @server: its name, for the SPN cifs/NAME and the share's path; the address if it is empty
 * @share: name of the share
 * @ccache: name of the Kerberos credential cache; the user's default one if it is empty
 * @port: TCP port
 * @timeout_ms: bound on each answer of the server, and on each logon as a whole
 * @min_dialect, @max_dialect: SMB_DIALECT_*
 * @signing: SMB_SIGN_* that SMB 3.1.1 may use, as a bit mask
 */
struct smb_settings {
	char address[SMB_MAX_NAME];
	char server[SMB_MAX_NAME];
	char share[SMB_MAX_NAME];
	char ccache[SMB_MAX_NAME];
	u32 port;
	u32 timeout_ms;
	u32 min_dialect;
	u32 max_dialect;
	u32 signing;
};

/**
 * struct smb_connection - one directory in configfs
 * @item: the directory, which holds the memory
 * @lock: protects @set, @key, @user, @busy, @connected, @cancelled, @sock, @context, @state
 *	and @outcome.  Steps read @set without it, as it is constant while they run, and
 *	@sock and @context, which only the end of the connection takes away
 * @set: settings
 * @key: key or keyring with the credentials, or NULL; @user: who wrote its number
 * @busy: steps are under way
 * @connected: the last sequence has left a session
 * @cancelled: the steps are to end
 * @idle: woken when they have ended
 * @work: runs the steps
 * @steps: the sequence, and @step: its current step, or NULL
 * @state: for the user, while no step is current
 * @outcome: for the user
 * @deadline: of the answer that is waited for, in jiffies
 * @credential: acquired by the user who connects
 * @context: of the logon
 * @sock: TCP socket of the user who connects, in that user's network namespace
 * @peer: the server's address
 * @in, @out: SMB_MAX_RECEIVED bytes of the packet received last, SMB_MAX_SENT bytes of the
 *	one sent last; in virtual memory, because tokens are in them
 * @guid: the client's, a random number
 * @server_guid, @server_mode, @server_capabilities: as NEGOTIATE has told them
 * @dialect: SMB_DIALECT_*, 0 before it is known
 * @algorithm: SMB_SIGN_*
 * @hint: the server's first token, in @in until the next packet arrives
 * @preauth: hash of the packets so far, in SMB 3.1.1
 * @command: SMB_* of the request sent last
 * @message_id: of the next request
 * @credits: how many requests the server still takes
 * @session_id: 0 before the server has chosen it
 * @signer: the session's keys, with which every request is signed and every answer must
 *	be; NULL before the logon
 * @tree_id: of the share; 0 for none
 * @renewed: how often the session has expired and was renewed
 */
struct smb_connection {
	struct config_item item;
	struct mutex lock;	/* see above */
	struct smb_settings set;
	struct key *key;
	const struct cred *user;
	bool busy;
	bool connected;
	bool cancelled;
	wait_queue_head_t idle;
	struct work_struct work;
	const struct smb_step *steps;
	const struct smb_step *step;
	const char *state;
	char outcome[SMB_MAX_OUTCOME];
	unsigned long deadline;
	struct credssp_cred *credential;
	struct credssp_context *context;
	struct socket *sock;
	struct sockaddr_storage peer;
	u8 *in;
	u8 *out;
	u8 guid[SMB_GUID];
	u8 server_guid[SMB_GUID];
	u16 server_mode;
	u32 server_capabilities;
	u16 dialect;
	u16 algorithm;
	struct smb_reader hint;
	u8 preauth[SMB_HASH];
	u16 command;
	u64 message_id;
	u32 credits;
	u64 session_id;
	struct smb_signer *signer;
	u32 tree_id;
	u32 renewed;
};

/**
 * struct smb_answer - the answer to a request; it lies in @in of the connection
 * @packet: all of it
 * @body: what follows the header
 * @status: NTSTATUS
 */
struct smb_answer {
	struct smb_reader packet;
	struct smb_reader body;
	u32 status;
};

/* connection.c */
void smb_connection_init(struct smb_connection *c);
/* In the process of the user who connects. */
int smb_connection_start(struct smb_connection *c);
/* Uses the session once more, and so renews it if it has expired. */
int smb_connection_check(struct smb_connection *c);
/* Logs off, or cancels what is under way, and waits until that has ended. */
int smb_connection_stop(struct smb_connection *c);
/* Closes the connection without LOGOFF, which needs no answer of the server. */
void smb_connection_abort(struct smb_connection *c);
/* The outcome in words, prefixed by the step's name; returns @ret. */
__printf(3, 4) int smb_fail(struct smb_connection *c, int ret, const char *format, ...);
/* The server's name for SPN and path. */
const char *smb_server_name(const struct smb_connection *c);

/* transport.c */
int smb_socket_open(struct smb_connection *c);
void smb_set_deadline(struct smb_connection *c);
int smb_send(struct smb_connection *c, const struct smb_writer *w);
/* The next packet, in c->in. */
int smb_receive(struct smb_connection *c, struct smb_reader *r);
int smb_tcp_connect(struct smb_connection *c);		/* step */

/* signing.c */
const char *smb_signing_name(u16 algorithm);
/* The keys of a session, of the logon's session key. */
int smb_signing_start(struct smb_connection *c, const u8 key[SMB_KEY]);
void smb_signing_stop(struct smb_connection *c);
/* The signature of a packet whose own place for it counts as zeros. */
int smb_signing_make(struct smb_connection *c, struct smb_reader packet, u64 message_id,
		     bool from_server, u8 signature[SMB_SIGNATURE]);
/* SMB2 3.2.5.4.1: the hash goes on with a packet.  Nothing before SMB 3.1.1. */
int smb_preauth_add(struct smb_connection *c, const u8 *p, size_t length);

/* message.c */
struct smb_writer smb_begin(struct smb_connection *c, u16 command);
/* Sends the request and waits for its answer, whose header is checked. */
int smb_call(struct smb_connection *c, struct smb_writer *w, struct smb_answer *a);
/* For the answer that came before there were keys. */
int smb_check_signature(struct smb_connection *c, const struct smb_answer *a);
/* The body must have begun with this StructureSize. */
void smb_get_size(struct smb_answer *a, u16 size);
/* The server refuses: its status in words. */
int smb_refused(struct smb_connection *c, const struct smb_answer *a);
int smb_malformed(struct smb_connection *c);

/* status.c */
const char *smb_status_name(u32 status);

/* negotiate.c */
const char *smb_dialect_name(u16 dialect);
int smb_negotiate(struct smb_connection *c);		/* step */
int smb_validate(struct smb_connection *c);		/* step */

/* session.c */
int smb_session_acquire(struct smb_connection *c);
int smb_session_setup(struct smb_connection *c);	/* step */
int smb_logoff(struct smb_connection *c);		/* step */
/* "NTLM" or "Kerberos", after the logon. */
const char *smb_session_mechanism(struct smb_connection *c);
/*
 * As smb_call(), of the request that @build makes.  If the session has expired it is renewed,
 * and the request is made once more.
 */
int smb_session_call(struct smb_connection *c,
		     struct smb_writer (*build)(struct smb_connection *c),
		     struct smb_answer *a);

/* tree.c: steps */
int smb_tree_connect(struct smb_connection *c);
int smb_tree_disconnect(struct smb_connection *c);
int smb_echo(struct smb_connection *c);

/* configfs.c */
int smb_configfs_register(void);
void smb_configfs_unregister(void);

/* main.c: the work of all connections */
extern struct workqueue_struct *smb_queue;

#endif
