/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBCREDSSP_WORDS_TEST_H
#define LIBCREDSSP_WORDS_TEST_H

void test_words(void);
void test_pack(void);
void test_inner(void);
void test_target(void);
void test_accept(void);

#endif
