# SPDX-License-Identifier: GPL-2.0-only
# The files of credsspd without its program: its tests have them, and selftests/peers.
credsspd_engine	:= budget bytes children client_cert clock conversations coroutine elements engine \
		   extensions facts failure groups issuers keeper keeper_impl keeper_process \
		   keeper_worker key_file key_limits keyring log packets sandbox session shelf start_request \
		   syscalls ticket tls trust vector workers
