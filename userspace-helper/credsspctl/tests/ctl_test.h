/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of credsspctl's test. */
#ifndef CREDSSPCTL_CTL_TEST_H
#define CREDSSPCTL_CTL_TEST_H

#include <stdio.h>

void test_account(void);
void test_bridge(void);
void test_cert(void);

void test_doctor(void);
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
void test_shells(void);
void test_token(void);
void test_verdict(void);
void test_verdict_print(FILE *f);
void test_winrm(void);
void test_accept(void);
void test_rdp_server(void);
void test_relay(void);
void test_winrm_server(void);
void test_xml(void);

#endif
