// SPDX-License-Identifier: GPL-2.0-only
/* The requests that wait for one thread. */
#include "queue.h"
#include "tests/test.h"

static void queue_add_job(struct queue *q, uint32_t owner, uint64_t conversation)
{
	const struct credssp_hlp_header hdr = {
		.length = sizeof(hdr), .owner = owner, .conversation = conversation,
	};
	struct job *j = job_new(&hdr, sizeof(hdr));

	ENSURE(j && !queue_put(q, j));
}

/* Take the next one; return its conversation. */
static uint64_t queue_next(struct queue *q)
{
	struct job *j = queue_take(q);
	uint64_t conversation;

	ENSURE(j);
	conversation = job_header(j)->conversation;
	job_free(j);
	return conversation;
}

/* A queue that is empty forgets the turns, and requests can be taken out of it. */
static void test_queue(void)
{
	struct queue q;

	queue_init(&q);
	queue_add_job(&q, 1, 10);
	ENSURE(queue_next(&q) == 10 && !queue_take(&q));
	queue_add_job(&q, 1, 11);
	queue_add_job(&q, 2, 20);
	ENSURE(queue_next(&q) == 11);
	queue_add_job(&q, 1, 12);
	queue_add_job(&q, 3, 30);
	ENSURE(queue_next(&q) == 20 && queue_next(&q) == 30 && queue_next(&q) == 12);
	queue_add_job(&q, 1, 13);
	queue_add_job(&q, 1, 14);
	queue_add_job(&q, 2, 20);
	ENSURE(q.count == 3 && queue_bytes(&q, 1) == 8192 && queue_bytes(&q, 2) == 4096);
	ENSURE(queue_remove(&q, 13) == 4096 && !queue_has(&q, 13) && queue_has(&q, 14));
	ENSURE(!queue_remove(&q, 13) && q.count == 2 && queue_bytes(&q, 1) == 4096);
	queue_add_job(&q, 4, 40);
	queue_clear(&q);
	ENSURE(!q.count && !queue_take(&q) && !queue_bytes(&q, 1));
}

int main(void)
{
	test_queue();
	puts("ok threads: the queue of one");
	return 0;
}
