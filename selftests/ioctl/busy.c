// SPDX-License-Identifier: GPL-2.0-only
/*
 * busy_test: exchanges on a socket while another thread is inside of a call on it. That
 * thread holds the socket's locks and sleeps, either for a page of its memory that is
 * never filled (userfaultfd), or for room in the socket's buffer.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/tls.h>
#include <linux/userfaultfd.h>

#include "device.h"
#include "tap.h"

#ifndef SOL_TLS
#define SOL_TLS		282
#endif

/* The exchange's bound; the locks are held much longer. */
#define DEADLINE_MS	1500
/* More than the buffers of both ends hold */
#define MUCH		(32 << 20)

/**
 * struct page - a page whose fault is not handled
 * @uffd: userfaultfd, which reports the fault
 * @at: the page
 */
struct page {
	int uffd;
	uint8_t *at;
};

static struct page page_new(void)
{
	long size = sysconf(_SC_PAGESIZE);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct page page;

	page.uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (page.uffd < 0 && errno == ENOSYS)
		SKIP("this kernel has no userfaultfd");
	REQUIRE(page.uffd >= 0);
	REQUIRE(!ioctl(page.uffd, UFFDIO_API, &api));
	page.at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(page.at != MAP_FAILED);
	reg.range.start = (uintptr_t)page.at;
	reg.range.len = size;
	REQUIRE(!ioctl(page.uffd, UFFDIO_REGISTER, &reg));
	return page;
}

static void page_wait_for_fault(const struct page *page)
{
	struct pollfd fd = { .fd = page->uffd, .events = POLLIN };
	struct uffd_msg msg;

	REQUIRE(poll(&fd, 1, tap_slow(10000)) == 1);
	REQUIRE(read(page->uffd, &msg, sizeof(msg)) == sizeof(msg));
	REQUIRE(msg.event == UFFD_EVENT_PAGEFAULT);
}

/* The page gets its memory, and the thread that waits for it goes on. */
static void page_give(const struct page *page)
{
	close(page->uffd);
}

/**
 * struct other - the thread that is inside of a call
 * @thread: the thread
 * @sock: of the call
 * @data: memory of the call
 * @length: of @data
 * @receives: it is recv() and not send()
 */
struct other {
	pthread_t thread;
	int sock;
	void *data;
	size_t length;
	bool receives;
};

static void *other_run(void *arg)
{
	struct other *o = arg;

	if (o->receives)
		recv(o->sock, o->data, o->length, 0);
	else
		send(o->sock, o->data, o->length, MSG_NOSIGNAL);
	return NULL;
}

static void other_start(struct other *o)
{
	REQUIRE(!pthread_create(&o->thread, NULL, other_run, o));
}

static long cpu_ms(void)
{
	struct rusage u;

	REQUIRE(!getrusage(RUSAGE_THREAD, &u));
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/**
 * struct exchange - the thread that authenticates
 * @thread: the thread
 * @tid: its number, in the test "cancelled"
 * @fd: of the device
 * @sock: of the exchange
 * @cred: credential
 * @timeout_ms: bound on the exchange
 * @status: out
 * @report: out
 * @cpu: out: milliseconds of CPU that it took
 */
struct exchange {
	pthread_t thread;
	pid_t tid;
	int fd;
	int sock;
	uint64_t cred;
	uint32_t timeout_ms;
	int32_t status;
	struct credssp_report report;
	long cpu;
};

static void *exchange_run_one(void *arg)
{
	struct exchange *e = arg;
	long before = cpu_ms();

	e->status = device_authenticate(e->fd, e->sock, e->cred, e->timeout_ms, &e->report);
	e->cpu = cpu_ms() - before;
	return NULL;
}

static void exchange_open(struct exchange *e, int sock)
{
	*e = (struct exchange){ .fd = device_open(), .sock = sock, .timeout_ms = DEADLINE_MS };
	device_need_helper(e->fd);
	e->cred = device_cred(e->fd, CREDSSP_MECH_NTLM, PASSWORD);
}

static void exchange_expect_timeout(const struct exchange *e)
{
	CHECK(e->status < 0);
	CHECK_EQ(e->report.reason, CREDSSP_REASON_TIMEOUT);
	printf("# %ld ms of CPU\n", e->cpu);
	/* A busy loop uses CPU all of the time, a wait almost none. */
	CHECK(e->cpu < e->timeout_ms / 3);
	device_expect_counts(e->fd, 0, 1);
}

/* A connected socket; @server gets the other end. */
static int connected(int *server)
{
	uint16_t port;
	int listener = sock_listening(&port);
	int sock = sock_connect(port);

	*server = accept(listener, NULL, NULL);
	REQUIRE(*server >= 0);
	close(listener);
	return sock;
}

/* Start a thread that sleeps in recv() or send() for @page. Return its socket. */
static int held_socket(struct other *o, struct page *page, bool receives)
{
	int server;

	*page = page_new();
	*o = (struct other){ .sock = connected(&server), .data = page->at, .length = 1,
			     .receives = receives };
	if (receives)
		sock_send(server, "x", 1);
	other_start(o);
	page_wait_for_fault(page);
	return o->sock;
}

static void authenticate_on_held(bool receives)
{
	struct exchange e;
	struct other o;
	struct page page;

	exchange_open(&e, held_socket(&o, &page, receives));
	exchange_run_one(&e);
	exchange_expect_timeout(&e);
	page_give(&page);
	pthread_join(o.thread, NULL);
}

TEST(send_fault, "an exchange keeps its deadline while another thread's send() waits for memory")
{
	authenticate_on_held(false);
}

TEST(recv_fault, "an exchange keeps its deadline while another thread's recv() waits for memory")
{
	authenticate_on_held(true);
}

static void *init_attached(void *arg)
{
	struct exchange *e = arg;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.cred = e->cred, .context = e->report.leg,
	};

	__atomic_store_n(&e->tid, gettid(), __ATOMIC_SEQ_CST);
	CHECK_EQ(device_call(e->fd, CREDSSP_IOC_INIT, &a), 0);
	e->status = a.status;
	return NULL;
}

TEST(cancelled, "CANCEL ends an exchange that waits for another thread's call")
{
	struct credssp_ioc_socket a = { .size = sizeof(a) };
	struct credssp_ioc_handle h = { .size = sizeof(h) };
	struct credssp_report report;
	struct exchange e;
	struct other o;
	struct page page;

	exchange_open(&e, held_socket(&o, &page, false));
	a.cred = e.cred;
	a.fd = e.sock;
	REQUIRE_EQ(device_call(e.fd, CREDSSP_IOC_ATTACH, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	e.report.leg = a.context;
	REQUIRE(!pthread_create(&e.thread, NULL, init_attached, &e));
	device_expect_sleep(&e.tid);
	h.handle = a.context;
	CHECK_EQ(device_call(e.fd, CREDSSP_IOC_CANCEL, &h), 0);
	pthread_join(e.thread, NULL);
	CHECK(e.status < 0);
	CHECK_EQ(device_report(e.fd, a.context, &report), SEC_E_OK);
	CHECK_EQ(report.reason, CREDSSP_REASON_CANCELLED);
	CHECK_EQ(device_delete(e.fd, a.context), SEC_E_OK);
	page_give(&page);
	pthread_join(o.thread, NULL);
}

TEST(killed, "a caller that waits for another process's call on the socket can be killed")
{
	int watch = device_open(), status;
	struct exchange e;
	struct other o;
	struct page page;
	int sock = held_socket(&o, &page, false);
	pid_t pid = fork();

	if (!pid) {
		exchange_open(&e, sock);
		e.timeout_ms = 600000;
		exchange_run_one(&e);
		_exit(0);
	}
	REQUIRE(pid > 0);
	device_expect_sleep(&pid);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	device_expect_counts(watch, 0, 0);
	page_give(&page);
	pthread_join(o.thread, NULL);
}

/**
 * struct relay - between the client and the peer
 * @thread: the thread
 * @client: socket
 * @server: socket
 * @header: of the client's current record, as far as it has passed, @have bytes
 * @have: see above
 * @left: bytes of this record that have not passed
 * @records: the client's encrypted records that have passed
 * @held: the first TSRequest has passed, and the relay waits
 * @go: set by the test: data of the server goes to the client again
 */
struct relay {
	pthread_t thread;
	int client;
	int server;
	uint8_t header[5];
	size_t have;
	size_t left;
	unsigned int records;
	int held;
	int go;
};

#define APPLICATION_DATA	23

/* Count the encrypted records in the next @n bytes of the client. */
static void relay_count(struct relay *r, const uint8_t *p, size_t n)
{
	for (; n; p++, n--) {
		if (r->have < sizeof(r->header)) {
			r->header[r->have++] = *p;
			r->left = r->header[3] << 8 | r->header[4];
		} else if (!--r->left) {
			r->records += r->header[0] == APPLICATION_DATA;
			r->have = 0;
		}
	}
}

static ssize_t relay_pass(uint8_t *buf, size_t room, int from, int to)
{
	ssize_t n = recv(from, buf, room, 0);

	return n > 0 && send(to, buf, n, MSG_NOSIGNAL) == n ? n : 0;
}

/*
 * In TLS 1.3 the client's first encrypted record is its Finished, and the second one the
 * first TSRequest, which kTLS has sealed. Behind it the relay passes on nothing of the
 * client, and holds back data of the server until @go.
 */
static void *relay_run(void *arg)
{
	struct relay *r = arg;
	struct pollfd fds[2] = {
		{ .fd = r->client, .events = POLLIN }, { .fd = r->server, .events = POLLIN },
	};
	static uint8_t buf[65536];
	ssize_t n;

	while (r->records < 2 && poll(fds, 2, -1) > 0) {
		if (fds[1].revents && !relay_pass(buf, sizeof(buf), r->server, r->client))
			return NULL;
		if (fds[0].revents) {
			n = relay_pass(buf, sizeof(buf), r->client, r->server);
			if (!n)
				return NULL;
			relay_count(r, buf, n);
		}
	}
	__atomic_store_n(&r->held, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&r->go, __ATOMIC_SEQ_CST))
		usleep(10000);
	while (relay_pass(buf, sizeof(buf), r->server, r->client))
		;
	return NULL;
}

/*
 * Asked for version and cipher alone, kTLS answers once it has keys, whatever their
 * size. Without keys that is EBUSY, and without kTLS another error.
 */
static bool keys_are_there(int sock)
{
	struct tls_crypto_info info;
	socklen_t len = sizeof(info);

	return !getsockopt(sock, SOL_TLS, TLS_TX, &info, &len);
}

static void relay_start(struct relay *r, struct exchange *e)
{
	*r = (struct relay){ .server = sock_peer() };
	exchange_open(e, connected(&r->client));
	REQUIRE(!keys_are_there(e->sock));
	e->timeout_ms = tap_slow(4000) + DEADLINE_MS;
	REQUIRE(!pthread_create(&r->thread, NULL, relay_run, r));
	REQUIRE(!pthread_create(&e->thread, NULL, exchange_run_one, e));
	while (!__atomic_load_n(&r->held, __ATOMIC_SEQ_CST))
		usleep(10000);
}

static void relay_end(struct relay *r, struct exchange *e)
{
	__atomic_store_n(&r->go, 1, __ATOMIC_SEQ_CST);
	pthread_join(e->thread, NULL);
	shutdown(r->server, SHUT_RDWR);
	pthread_join(r->thread, NULL);
	close(r->server);
	close(r->client);
}

static void other_fills_the_buffer(struct other *o)
{
	struct pollfd fd = { .fd = o->sock, .events = POLLOUT };
	int full;

	o->length = MUCH;
	o->data = calloc(1, MUCH);
	REQUIRE(o->data);
	other_start(o);
	/* full for some time, since the receiver's window may open again */
	for (full = 0; full < 20; usleep(20000))
		full = poll(&fd, 1, 0) ? 0 : full + 1;
}

TEST_LIMIT(full_buffer, 60,
	   "an exchange keeps its deadline while another thread waits for room in kTLS")
{
	struct exchange e;
	struct other o;
	struct relay r;

	relay_start(&r, &e);
	REQUIRE(keys_are_there(e.sock));
	o = (struct other){ .sock = e.sock };
	other_fills_the_buffer(&o);
	relay_end(&r, &e);
	exchange_expect_timeout(&e);
	/* the stream is shut down, which ends the other thread's call */
	pthread_join(o.thread, NULL);
	close(e.sock);
}

static void on_signal(int number)
{
	(void)number;
}

TEST_LIMIT(pending_signal, 60,
	   "an exchange that waits for another thread's kTLS send() burns no CPU, signal or not")
{
	struct sigaction act = { .sa_handler = on_signal };
	struct exchange e;
	struct other o;
	struct page page = page_new();
	struct relay r;

	sigaction(SIGUSR1, &act, NULL);
	relay_start(&r, &e);
	REQUIRE(keys_are_there(e.sock));
	o = (struct other){ .sock = e.sock, .data = page.at, .length = 1 };
	other_start(&o);
	page_wait_for_fault(&page);
	pthread_kill(e.thread, SIGUSR1);
	relay_end(&r, &e);
	exchange_expect_timeout(&e);
	page_give(&page);
	pthread_join(o.thread, NULL);
	close(e.sock);
}

int main(int argc, char **argv)
{
	return tap_main(argc > 1 ? argv[1] : NULL);
}
