// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include "coroutine.h"

/*
 * A handshake uses some 10 KB of the stack, but GMP may use 64 KB at once. Pages that are
 * not touched take no memory.
 */
#define STACK_SIZE	(256 * 1024)

/**
 * struct coroutine - a stack and its saved state
 * @inside: state while it is stopped
 * @outside: state of the caller that resumed it
 * @run, @arg: its function
 * @over: @run has returned
 * @memory: a guard page, then the stack
 * @size: of guard page and stack
 */
struct coroutine {
	ucontext_t inside;
	ucontext_t outside;
	void (*run)(void *arg);
	void *arg;
	bool over;
	void *memory;
	size_t size;
};

/*
 * Most handshakes never stop and need a coroutine only for a moment: each thread keeps one
 * for the next.
 */
static _Thread_local struct coroutine *spare;

static struct coroutine *allocate(void)
{
	struct coroutine *c = calloc(1, sizeof(*c));
	size_t page = sysconf(_SC_PAGESIZE);

	if (!c)
		return NULL;
	c->size = STACK_SIZE + page;
	c->memory = mmap(NULL, c->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (c->memory == MAP_FAILED) {
		free(c);
		return NULL;
	}
	if (mprotect(c->memory, page, PROT_NONE)) {
		munmap(c->memory, c->size);
		free(c);
		return NULL;
	}
	return c;
}

/* makecontext() passes integers, so the pointer is passed as two of them. */
static void enter(unsigned int high, unsigned int low)
{
	struct coroutine *c = (struct coroutine *)((uintptr_t)high << 32 | low);

	c->run(c->arg);
	c->over = true;
}

/* A separate function, since getcontext() may return twice. */
static int set_context(ucontext_t *context)
{
	return getcontext(context);
}

struct coroutine *coroutine_new(void (*run)(void *arg), void *arg)
{
	struct coroutine *c = spare ? spare : allocate();

	if (!c)
		return NULL;
	spare = NULL;
	c->run = run;
	c->arg = arg;
	c->over = false;
	if (set_context(&c->inside)) {
		spare = c;
		return NULL;
	}
	c->inside.uc_stack.ss_sp = (char *)c->memory + c->size - STACK_SIZE;
	c->inside.uc_stack.ss_size = STACK_SIZE;
	c->inside.uc_link = &c->outside;
	makecontext(&c->inside, (void (*)(void))enter, 2,
		    (unsigned int)((uint64_t)(uintptr_t)c >> 32),
		    (unsigned int)(uintptr_t)c);
	return c;
}

bool coroutine_resume(struct coroutine *c)
{
	if (!c->over)
		swapcontext(&c->outside, &c->inside);
	return !c->over;
}

/*
 * Pages of the stack below the caller's frame that were touched (by GMP, many) are no
 * longer used. Release them, since a stopped coroutine may last for minutes.
 */
static void release_unused(const struct coroutine *c)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)c->memory + page;
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0) & ~(page - 1);

	/* This frame, those that it calls and the red zone are in the last two pages. */
	if (frame > from + page)
		madvise((void *)from, frame - page - from, MADV_DONTNEED);
}

void coroutine_stop(struct coroutine *c)
{
	release_unused(c);
	swapcontext(&c->inside, &c->outside);
}

void coroutine_free(struct coroutine *c)
{
	if (!c)
		return;
	/*
	 * The stack has remains of secrets. The kernel zeroes
	 * these pages before their next use.
	 */
	if (!spare && !madvise((char *)c->memory + c->size - STACK_SIZE, STACK_SIZE,
			       MADV_DONTNEED)) {
		spare = c;
		return;
	}
	munmap(c->memory, c->size);
	free(c);
}

void coroutine_forget(void)
{
	if (!spare)
		return;
	munmap(spare->memory, spare->size);
	free(spare);
	spare = NULL;
}
