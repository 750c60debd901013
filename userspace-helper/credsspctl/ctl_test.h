/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of credsspctl's test. */
#ifndef CREDSSPCTL_CTL_TEST_H
#define CREDSSPCTL_CTL_TEST_H

void test_bridge(void);
void test_http(void);
void test_options(void);
void test_password(void);
void test_policy_conf(void);
void test_scope(void);
void test_report(void);
void test_kdcs(void);
void test_kerberos(void);
void test_explain(void);
void test_sealed(void);
void test_token(void);
void test_winrm(void);

#endif
