#!/bin/bash
# Runs arm64 ELF programs under qemu-user, anything else (shell tests) directly.
# Bytes 18 and 19 of an ELF header are e_machine; b7 00 is EM_AARCH64.
if [ "$(od -An -tx1 -j18 -N2 -- "$1" | tr -d ' ')" = b700 ]; then
  exec qemu-aarch64 -L "${QEMU_LD_PREFIX:-/usr/aarch64-linux-gnu}" "$@"
fi
exec "$@"
