// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon, the key keeper and its workers may take, as the kernel says it of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/oom.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/syscalls.h"
#include "certs/keyring.h"
#include "keeper/keeper.h"
#include "keeper/keeper_impl.h"
#include "sandbox.h"
#include "tests/test.h"

/**
 * struct shared - what all processes see
 * @worker, @keeper: the processes
 * @refused: a file of more than SANDBOX_WORKER_FILE bytes was refused to the worker
 * @hangs: in: the worker does not read a second question
 * @entered: the daemon has given up its rights
 * @begun: number of its threads that run
 * @tried: number of its threads that have tried to break out
 * @broken: bits of the attempts that succeeded
 */
static struct shared {
	pid_t worker;
	pid_t keeper;
	bool refused;
	bool hangs;
	bool entered;
	atomic_uint begun;
	atomic_uint tried;
	atomic_uint broken;
} *shared;

static bool file_is_refused(void)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	return fd >= 0 && !ftruncate(fd, SANDBOX_WORKER_FILE) &&
	       ftruncate(fd, SANDBOX_WORKER_FILE + 1);
}

int keeper_work(int fd, const char *directory, uint32_t uid)
{
	struct keeper_answer a = { 0 };
	struct keeper_request rq;

	(void)directory;
	(void)uid;
	shared->worker = getpid();
	shared->keeper = getppid();
	shared->refused = file_is_refused();
	while (read(fd, &rq, sizeof(rq)) >= (ssize_t)sizeof(rq)) {
		a.id = rq.id;
		if (write(fd, &a, sizeof(a)) != sizeof(a))
			return EXIT_FAILURE;
		while (shared->hangs)
			pause();
	}
	return EXIT_SUCCESS;
}

bool keyring_has_user(const char *directory, uint32_t uid)
{
	(void)directory;
	(void)uid;
	return true;
}

/* With a worker that has answered */
static struct keeper *start(void)
{
	struct keeper_question q = { .deadline = clock_patience_ms() + keeper_patience.wait };
	struct keeper *k = keeper_start("directory");
	struct pollfd p = { .events = POLLIN };

	ENSURE(k);
	p.fd = keeper_fd(k);
	keeper_find(k, &q, 1, "name");
	ENSURE(poll(&p, 1, keeper_patience.wait) == 1 && !keeper_receive(k));
	ENSURE(q.answered && !q.error);
	keeper_drop(k, &q);
	return k;
}

/* Neither more than @most nor more than this program has */
static bool is_limited(pid_t pid, int resource, rlim_t most)
{
	struct rlimit ours, r;

	ENSURE(!getrlimit(resource, &ours) && !prlimit(pid, resource, NULL, &r));
	if (ours.rlim_max < most)
		most = ours.rlim_max;
	return r.rlim_cur <= most && r.rlim_max == most;
}

static void test_limits(void)
{
	struct keeper *k = start();

	ENSURE(is_limited(shared->keeper, RLIMIT_CORE, 0));
	ENSURE(is_limited(shared->worker, RLIMIT_CORE, 0));
	ENSURE(is_limited(shared->worker, RLIMIT_DATA, SANDBOX_WORKER_DATA));
	ENSURE(is_limited(shared->worker, RLIMIT_FSIZE, SANDBOX_WORKER_FILE));
	/* It is told, not killed. */
	ENSURE(shared->refused);
	keeper_stop(k);
}

static int oom_score(pid_t pid)
{
	char path[64];
	int score;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)pid);
	f = fopen(path, "re");
	ENSURE(f && fscanf(f, "%d", &score) == 1);
	fclose(f);
	return score;
}

static void test_oom_score(void)
{
	int ours = oom_score(getpid()), more = ours + SANDBOX_WORKER_OOM;
	struct keeper *k = start();

	ENSURE(oom_score(shared->keeper) == ours);
	if (geteuid())
		printf("# not root: a worker cannot set its oom_score_adj\n");
	else
		ENSURE(oom_score(shared->worker) ==
		       (more < OOM_SCORE_ADJ_MAX ? more : OOM_SCORE_ADJ_MAX));
	keeper_stop(k);
}

/* A daemon as it serves, until it is killed */
__attribute__((noreturn))
static void serve(int never)
{
	char byte;

	start();
	shared->entered = !sandbox_enter("nobody") && !sandbox_close();
	while (shared->entered && read(never, &byte, 1))
		;
	_exit(EXIT_FAILURE);
}

/*
 * The process becomes a child of this program when its parent ends, unless it ended before
 * and needed no wait().
 */
static void await_end(pid_t pid)
{
	if (waitpid(pid, NULL, 0) == pid)
		return;
	while (!kill(pid, 0))
		usleep(1000);
}

/*
 * No process with keys outlives the daemon, even if the worker hangs. The daemon waits at a
 * pipe, since its filter allows little more than reading.
 */
static void test_daemon_killed(void)
{
	volatile bool *entered = &shared->entered;
	int fds[2];
	pid_t pid;

	ENSURE(!prctl(PR_SET_CHILD_SUBREAPER, 1) && signal(SIGCHLD, SIG_DFL) != SIG_ERR);
	ENSURE(!pipe(fds));
	shared->hangs = true;
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid)
		serve(fds[0]);
	while (!*entered && !waitpid(pid, NULL, WNOHANG))
		usleep(1000);
	ENSURE(*entered && !kill(pid, SIGKILL));
	ENSURE(waitpid(pid, NULL, 0) == pid);
	await_end(shared->keeper);
	await_end(shared->worker);
	shared->hangs = false;
	close(fds[0]);
	close(fds[1]);
}

/* ---- the daemon's threads ----------------------------------------------------- */

#define THREADS	3

/* What a thread of the daemon must not be able to do; each returns true if it can. */
static bool can_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool can_connect(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool can_fork(void)
{
	return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0;
}

static void *thread_nothing(void *arg)
{
	return arg;
}

static bool can_start_threads(void)
{
	pthread_t id;

	return !pthread_create(&id, NULL, thread_nothing, NULL);
}

static bool can_be_root(void)
{
	return !syscall(SYS_setuid, 0);
}

static bool can_execute_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static bool (*const deeds[])(void) = {
	can_open, can_connect, can_fork, can_start_threads, can_be_root, can_execute_memory,
};

/* @go: a pipe with a byte for each thread once the sandbox is closed */
static void *thread_try(void *go)
{
	char byte;

	shared->begun++;
	while (read(*(int *)go, &byte, 1) != 1)
		;
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (deeds[i]())
			shared->broken |= 1u << i;
	}
	/* What handshakes need */
	free(malloc(1 << 20));
	shared->tried++;
	for (;;)
		poll(NULL, 0, -1);
	return NULL;
}

/* A daemon with threads, as main() starts it */
__attribute__((noreturn))
static void serve_threads(void)
{
	pthread_t id;
	int go[2];

	ENSURE(!sandbox_prepare() && !pipe(go) && !sandbox_enter("nobody"));
	for (int i = 0; i < THREADS; i++)
		ENSURE(!pthread_create(&id, NULL, thread_try, &go[0]));
	while (shared->begun < THREADS)
		usleep(1000);
	ENSURE(!sandbox_close());
	/* They, and the main thread */
	ENSURE(write(go[1], "1234", THREADS + 1) == THREADS + 1);
	thread_try(&go[0]);
	_exit(EXIT_FAILURE);
}

#define WHITE	" \t\n"

/* The first word of a line in /proc/PID/task/TID/status after its name */
static void read_status(FILE *f, const char *name, char *value, size_t size)
{
	char line[256], *p = NULL;

	rewind(f);
	while (!p && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, strlen(name)))
			p = line + strlen(name);
	}
	ENSURE(p);
	p += strspn(p, WHITE);
	snprintf(value, size, "%.*s", (int)strcspn(p, WHITE), p);
}

static const struct {
	const char *name;
	const char *value;
	bool root;	/* only root can give this up */
} state[] = {
	{ "NoNewPrivs:", "1", false },
	{ "Seccomp:", "2", false },
	{ "CapInh:", "0000000000000000", false },
	{ "CapPrm:", "0000000000000000", false },
	{ "CapEff:", "0000000000000000", false },
	{ "CapAmb:", "0000000000000000", false },
	{ "CapBnd:", "0000000000000000", true },
	{ "Groups:", "", true },
};

static FILE *open_proc(pid_t pid, const char *tid, const char *file)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/%s", (int)pid, tid, file);
	f = fopen(path, "re");
	ENSURE(f);
	return f;
}

static void check_thread(pid_t pid, const char *tid)
{
	FILE *f = open_proc(pid, tid, "status");
	char value[256];

	for (size_t i = 0; i < sizeof(state) / sizeof(state[0]); i++) {
		if (state[i].root && geteuid())
			continue;
		read_status(f, state[i].name, value, sizeof(value));
		ENSURE(!strcmp(value, state[i].value));
	}
	read_status(f, "Uid:", value, sizeof(value));
	ENSURE(strcmp(value, "0"));
	fclose(f);
	f = open_proc(pid, tid, "limits");
	read_status(f, "Max core file size", value, sizeof(value));
	ENSURE(!strcmp(value, "0"));
	fclose(f);
}

static void test_threads(void)
{
	unsigned int count = 0;
	struct dirent *d;
	char path[64];
	pid_t pid;
	DIR *dir;

	pid = fork();
	ENSURE(pid >= 0);
	if (!pid)
		serve_threads();
	while (shared->tried < THREADS + 1 && !waitpid(pid, NULL, WNOHANG))
		usleep(1000);
	ENSURE(shared->tried == THREADS + 1 && !shared->broken);
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	ENSURE(dir);
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		check_thread(pid, d->d_name);
		count++;
	}
	ENSURE(count == THREADS + 1);
	closedir(dir);
	ENSURE(!kill(pid, SIGKILL));
	await_end(pid);
}

/* Sockets that are open can be used; others cannot be made or connected. */
static int try_sockets(void)
{
	const struct sockaddr_un nowhere = { .sun_family = AF_UNIX };
	int fds[2], other[2], open = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte = 'x';

	if (open < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) || syscalls_forbid_sockets())
		return 1;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM ||
	    !socketpair(AF_UNIX, SOCK_STREAM, 0, other) || errno != EPERM ||
	    !connect(open, (const struct sockaddr *)&nowhere, sizeof(nowhere)) || errno != EPERM ||
	    !bind(open, (const struct sockaddr *)&nowhere, sizeof(nowhere)) || errno != EPERM)
		return 2;
	return write(fds[0], &byte, 1) != 1 || read(fds[1], &byte, 1) != 1;
}

static void test_sockets(void)
{
	int status;
	pid_t pid;

	/* The key keeper's tests have it ignored. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (!pid)
		_exit(try_sockets());
	ENSURE(pid > 0 && waitpid(pid, &status, 0) == pid && !status);
}

static const struct test_case tests[] = {
	{ "a worker's limits", test_limits },
	{ "memory runs out: a worker is killed first", test_oom_score },
	{ "no further sockets", test_sockets },
	{ "the daemon's threads have no more rights than it", test_threads },
	{ "the daemon is killed: keeper and workers end", test_daemon_killed },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ENSURE(shared != MAP_FAILED);
	test_run("sandbox", tests, sizeof(tests) / sizeof(tests[0]));
	return 0;
}
