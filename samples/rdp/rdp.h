/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * credssp_rdp: the connection set-up of an RDP redirector.  What the layers share; who
 * calls whom, lowest layer first:
 *
 *	packet.c	bounded reading and writing
 *	transport.c	TCP, then the kTLS stream; TPKT's framing
 *	x224.c		X.224: which security protocol is spoken
 *	credssp.c	the CredSSP exchange, which credssp.ko does
 *	per.c		lengths in the Packed Encoding Rules of ASN.1
 *	gcc.c		T.124: the settings of client and server, inside MCS' connect
 *	mcs.c		T.125: the domain, its user and channels; carries all that follows
 *	info.c		the client's information
 *	license.c	the server's licensing result, with which the sequence ends
 *	connection.c	the sequence as a table of steps; start, cancel, end
 *	configfs.c	what the user configures and reads
 *
 * "BCGR" is MS-RDPBCGR, Remote Desktop Protocol: Basic Connectivity and Graphics Remoting.
 */
#ifndef RDP_RDP_H
#define RDP_RDP_H

#include <linux/configfs.h>
#include <linux/credssp.h>
#include <linux/mutex.h>
#include <linux/socket.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "packet.h"

struct cred;
struct key;
struct rdp_connection;
struct socket;

/* The longest message that is taken.  A licence request with its certificates is longest. */
#define RDP_MAX_RECEIVED	16384
/* The longest message that is sent: Client Info with the longest names. */
#define RDP_MAX_SENT		2048
#define RDP_MAX_CHANNELS	31	/* BCGR 2.2.1.3.4 */
#define RDP_CHANNEL_NAME	8	/* with its NUL */
#define RDP_MAX_NAME		256
#define RDP_MAX_LOGON		1536	/* user and domain, each as long as RDP allows */
#define RDP_MAX_OUTCOME		320

/* requestedProtocols and selectedProtocol, BCGR 2.2.1.1.1 */
#define RDP_PROTOCOL_RDP	0x0
#define RDP_PROTOCOL_SSL	0x1
#define RDP_PROTOCOL_HYBRID	0x2	/* CredSSP */
#define RDP_PROTOCOL_HYBRID_EX	0x8	/* CredSSP with early user authorization */

/**
 * enum rdp_form - how CredSSP and X.224 follow each other
 * @RDP_FORM_RDP: X.224 agrees on CredSSP (BCGR 5.4.2.1)
 * @RDP_FORM_VMCONNECT: Hyper-V's console, port 2179: a preconnection blob names the virtual
 *	machine, CredSSP comes next, and X.224 is inside it (BCGR 5.4.2.2)
 */
enum rdp_form {
	RDP_FORM_RDP,
	RDP_FORM_VMCONNECT,
};

/* A step's results, besides a negative errno whose words it has told to rdp_fail() */
enum {
	RDP_NEXT = 0,
	RDP_LATER = 1,	/* goes on with the next step when the work is queued again */
};

/**
 * struct rdp_step - one step of the sequence
 * @name: for state and outcome
 * @run: carries it out
 */
struct rdp_step {
	const char *name;
	int (*run)(struct rdp_connection *c);
};

/**
 * struct rdp_settings - what the user writes; constant while the connection runs
 * @address: IPv4 or IPv6 address of the server
 * @server: its name, for the SPN and the certificate; the address if it is empty
 * @vm: the preconnection blob's text: the virtual machine's GUID
 * @channels: names of static channels, with commas between them
 * @port: TCP port; 0 for the form's own
 * @timeout_ms: bound on the whole sequence
 * @min_version: lowest CredSSP version, 0 for the policy's
 * @mechs: CREDSSP_MECH_*
 * @form: enum rdp_form
 * @protocols: RDP_PROTOCOL_* bits that are asked for
 * @mutual: 1: the server must prove who it is
 */
struct rdp_settings {
	char address[RDP_MAX_NAME];
	char server[RDP_MAX_NAME];
	char vm[RDP_MAX_NAME];
	char channels[RDP_MAX_NAME];
	u32 port;
	u32 timeout_ms;
	u32 min_version;
	u32 mechs;
	u32 form;
	u32 protocols;
	u32 mutual;
};

/**
 * struct rdp_connection - one directory in configfs
 * @item: the directory, which holds the memory
 * @lock: protects @set, @key, @user, @running, @cancelled, @sock, @call and @outcome.
 *	Steps read @set without it, as it is constant while they run
 * @set: settings
 * @key: key or keyring with the credentials, or NULL; @user: who wrote its number
 * @running: the sequence is under way
 * @cancelled: it is to end
 * @idle: woken when it has ended
 * @work: runs the steps
 * @step: the current step
 * @state: for the user, while no step is current
 * @outcome: for the user
 * @deadline: in jiffies
 * @credential: acquired by the user who connects
 * @call: the CredSSP exchange under way, or NULL
 * @status, @report: its result
 * @logon: the user who has logged on, in UTF-8: DOMAIN\user, the user alone, or user@REALM
 * @sock: TCP socket of the user who connects, in that user's network namespace
 * @peer: the server's address
 * @secure: @sock is a kTLS stream
 * @in, @out: RDP_MAX_RECEIVED bytes of the message received last, RDP_MAX_SENT bytes of the
 *	one to be sent
 * @selected: RDP_PROTOCOL_* that the server has chosen
 * @extended: the server knows the optional blocks of the client's settings
 * @user_channel, @io_channel: MCS channels
 * @message_channel: likewise, 0 without one
 * @channel_count: number of static channels
 * @channels: their MCS channels
 */
struct rdp_connection {
	struct config_item item;
	struct mutex lock;	/* see above */
	struct rdp_settings set;
	struct key *key;
	const struct cred *user;
	bool running;
	bool cancelled;
	wait_queue_head_t idle;
	struct work_struct work;
	const struct rdp_step *step;
	const char *state;
	char outcome[RDP_MAX_OUTCOME];
	unsigned long deadline;
	struct credssp_cred *credential;
	struct credssp_authentication *call;
	s32 status;
	struct credssp_report report;
	char logon[RDP_MAX_LOGON];
	struct socket *sock;
	struct sockaddr_storage peer;
	bool secure;
	u8 *in;
	u8 *out;
	u32 selected;
	bool extended;
	u16 user_channel;
	u16 io_channel;
	u16 message_channel;
	u16 channel_count;
	u16 channels[RDP_MAX_CHANNELS];
};

/* connection.c */
void rdp_connection_init(struct rdp_connection *c);
int rdp_connection_start(struct rdp_connection *c);
/* Cancels and waits until the sequence has ended, which is soon.  Any process context. */
void rdp_connection_stop(struct rdp_connection *c);
/* The outcome in words, prefixed by the step's name; returns @ret. */
__printf(3, 4) int rdp_fail(struct rdp_connection *c, int ret, const char *format, ...);
__printf(2, 3) void rdp_tell(struct rdp_connection *c, const char *format, ...);
/* The server's name for SPN and certificate. */
const char *rdp_server_name(const struct rdp_connection *c);

/* credssp.c: steps */
int rdp_credssp_acquire(struct rdp_connection *c);
int rdp_credssp_begin(struct rdp_connection *c);
int rdp_credssp_result(struct rdp_connection *c);

/* transport.c */
int rdp_socket_open(struct rdp_connection *c);
void rdp_socket_close(struct rdp_connection *c);
u32 rdp_remaining_ms(const struct rdp_connection *c);
int rdp_send(struct rdp_connection *c, const struct rdp_writer *w);
/* A message in c->out, with its TPKT header. */
struct rdp_writer rdp_tpkt_begin(struct rdp_connection *c);
int rdp_tpkt_send(struct rdp_connection *c, struct rdp_writer *w);
/* The next message, without its TPKT header, in c->in. */
int rdp_tpkt_receive(struct rdp_connection *c, struct rdp_reader *r);
int rdp_tcp_connect(struct rdp_connection *c);		/* step */
int rdp_preconnect(struct rdp_connection *c);		/* step of VMConnect */

/* x224.c */
int x224_negotiate(struct rdp_connection *c);		/* step */
void x224_put_data_header(struct rdp_writer *w);
void x224_get_data_header(struct rdp_reader *r);

/* mcs.c */
int mcs_connect(struct rdp_connection *c);		/* step */
int mcs_attach_user(struct rdp_connection *c);		/* step */
int mcs_join_channels(struct rdp_connection *c);	/* step */
int mcs_disconnect(struct rdp_connection *c);		/* step */
/* Data on a channel: a message in c->out. */
struct rdp_writer mcs_data_begin(struct rdp_connection *c, u16 channel);
int mcs_data_send(struct rdp_connection *c, struct rdp_writer *w);
/* The next data from the server, on this channel. */
int mcs_data_receive(struct rdp_connection *c, u16 channel, struct rdp_reader *r);

/* per.c: lengths in T.124 and T.125 */
size_t per_get_length(struct rdp_reader *r);
/* Two bytes for the length of what follows, which per_set_length() sets. */
size_t per_put_length(struct rdp_writer *w);
void per_set_length(struct rdp_writer *w, size_t at);

/* gcc.c */
void gcc_put_client(struct rdp_connection *c, struct rdp_writer *w);
int gcc_get_server(struct rdp_connection *c, struct rdp_reader *r);

/* info.c, license.c */
int rdp_client_info(struct rdp_connection *c);		/* step */
int rdp_license(struct rdp_connection *c);		/* step */

/* configfs.c */
int rdp_configfs_register(void);
void rdp_configfs_unregister(void);

/* main.c: the work of all connections */
extern struct workqueue_struct *rdp_queue;

#endif
