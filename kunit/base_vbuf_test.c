// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/vbuf.c: buffers that are wiped. */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "base/vbuf.h"
#include "util.h"

static void test_vbuf_contents(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "0102030405"), now;
	struct cssp_vbuf b = {}, to = {};

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, NULL, 0), 0);
	KUNIT_EXPECT_NULL(test, b.data);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, rd.p, rd.left), 0);
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(b.data));
	KUNIT_EXPECT_EQ(test, b.cap, rd.left);
	/* Appended from itself, and too large: growth must keep the source. */
	while (b.cap < 3 * PAGE_SIZE)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, b.data, b.len), 0);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(b.data));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(b.data + b.cap - 1));
	KUNIT_EXPECT_EQ(test, b.len % 5, 0);
	for (now = cssp_vbuf_rd(&b); now.left; now.p += 5, now.left -= 5)
		KUNIT_ASSERT_EQ(test, memcmp(now.p, rd.p, 5), 0);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &rd), 0);
	cssp_vbuf_move(&to, &b);
	KUNIT_EXPECT_NULL(test, b.data);
	KUNIT_EXPECT_EQ(test, b.len + b.cap, 0);
	cssp_vbuf_move(&to, &to);
	now = cssp_vbuf_rd(&to);
	test_expect_hex(test, &now, "0102030405");
	cssp_vbuf_consume(&to, 2);
	now = cssp_vbuf_rd(&to);
	test_expect_hex(test, &now, "030405");
	/* The dropped bytes are wiped, and so is the old place of the rest. */
	KUNIT_EXPECT_EQ(test, to.data[3] | to.data[4], 0);
	cssp_vbuf_consume(&to, 9);
	KUNIT_EXPECT_EQ(test, to.len, 0);
	KUNIT_EXPECT_EQ(test, to.data[0] | to.data[1] | to.data[2], 0);
	cssp_vbuf_free(&to);
	KUNIT_EXPECT_NULL(test, to.data);
	cssp_vbuf_free(&to);
}

static void test_vbuf_clear(struct kunit *test)
{
	struct cssp_rd longer = test_hex(test, "0102030405"), shorter = test_hex(test, "09");
	struct cssp_vbuf b = {};

	cssp_vbuf_clear(&b);
	cssp_vbuf_consume(&b, 1);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &longer), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &shorter), 0);
	KUNIT_EXPECT_EQ(test, b.data[0], 9);
	KUNIT_EXPECT_NULL(test, memchr_inv(b.data + 1, 0, 4));
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &longer), 0);
	cssp_vbuf_clear(&b);
	KUNIT_EXPECT_EQ(test, b.len, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(b.data, 0, b.cap));
	cssp_vbuf_free(&b);
}

static void test_vbuf_limits(struct kunit *test)
{
	struct cssp_vbuf b = {};
	u8 *data;

	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, SIZE_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_append(&b, "x", SIZE_MAX), -ENOMEM);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_append(&b, "x", SIZE_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, 2 * 1024 * 1024), -ENOMEM);
	KUNIT_EXPECT_EQ(test, b.len, 1);
	KUNIT_EXPECT_EQ(test, b.data[0], 'x');
	data = b.data;
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, b.data, data);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, b.cap, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, b.data[0], 'x');
	cssp_vbuf_free(&b);
}

/* The caller holds a reference, so that the page is not reused. */
static bool page_is_zero(struct page *page)
{
	void *at = kmap_local_page(page);
	bool zero = !memchr_inv(at, 0, PAGE_SIZE);

	kunmap_local(at);
	return zero;
}

static void test_vbuf_wiped(struct kunit *test)
{
	struct cssp_vbuf b = {};
	struct page *first, *second;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&b, PAGE_SIZE + 1), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "secret", 6), 0);
	first = vmalloc_to_page(b.data);
	get_page(first);
	KUNIT_EXPECT_FALSE(test, page_is_zero(first));
	/* Growth moves the contents; the old memory is wiped. */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&b, 2 * PAGE_SIZE + 1), 0);
	KUNIT_EXPECT_TRUE(test, page_is_zero(first));
	second = vmalloc_to_page(b.data);
	get_page(second);
	/* Bytes behind the length are wiped as well: a writer may have used them. */
	b.data[PAGE_SIZE - 1] = 's';
	cssp_vbuf_free(&b);
	KUNIT_EXPECT_TRUE(test, page_is_zero(second));
	put_page(first);
	put_page(second);
}

static struct kunit_case vbuf_cases[] = {
	KUNIT_CASE(test_vbuf_contents),
	KUNIT_CASE(test_vbuf_clear),
	KUNIT_CASE(test_vbuf_limits),
	KUNIT_CASE(test_vbuf_wiped),
	{}
};

static struct kunit_suite vbuf_suite = {
	.name = "credssp_base_vbuf",
	.test_cases = vbuf_cases,
};

kunit_test_suite(vbuf_suite);
