#!/bin/sh
# Runs seam_check with the arguments that BUILD.bazel gives.
exec "$@"
