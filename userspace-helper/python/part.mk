# SPDX-License-Identifier: GPL-2.0-only
# requests_credssp, the Python package over libcredssp.

PYTHON		?= python3
python_version	= $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# Where Debian's Python looks for the packages of the system and of the administrator
pythondir	?= $(if $(filter /usr,$(prefix)),/usr/lib/python3,$(prefix)/lib/python$(python_version))/dist-packages

CFLAGS_python	:= -I$(HERE)/libcredssp
python_modules	:= $(wildcard $(HERE)/python/requests_credssp/*.py)

CHECKS		+= check-python
INSTALLS	+= install-python

$(O)/python_abi_test: $(O)/obj/python/abi_test.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^

check-python: $(O)/python_abi_test $(O)/$(LIBCREDSSP_REAL)
	$(Q)PYTHONPATH=$(HERE)/python LD_LIBRARY_PATH=$(O) PYTHONDONTWRITEBYTECODE=1 \
		ABI_TEST=$(O)/python_abi_test $(PYTHON) $(HERE)/python/test_requests_credssp.py

install-python:
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(pythondir)/requests_credssp $(python_modules)
