"""The build rules of this project.

gort_library   one folder of the runtime: system-stack C++, goroutine-stack C++ (*_leaf.cc), gas
gort_tests     one GoogleTest program per *_test.cc of a folder
gort_test      one GoogleTest program
gort_benchmarks one Google Benchmark program per *_bench.cc of a folder
gort_tool      a C++ program of the tool side (Abseil allowed everywhere)
gort_leaf_object the leaf code of its deps as one object with one text section
gort_object    everything that its deps hold, linked into one relocatable object
go_binary      a Go program that the build runs, made by the installed Go 1.15
"""

load("@go_root//:defs.bzl", "GOROOT")
load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

_AMD64 = "@platforms//cpu:x86_64"
_ARM64 = "@platforms//cpu:aarch64"

WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-psabi",
    "-Wno-unused-parameter",
    # A machine's view of memory: abi/ lays structs over bytes that the compiler did not see
    # allocated.
    "-Wno-array-bounds",
    "-Wno-stringop-overflow",
]

# C++ of the runtime, whichever stack it runs on. x28 is g on arm64 while Go code runs, and a signal
# may ask for it at any instruction.
_RUNTIME_COPTS = WARNINGS + [
    "-O2",
    "-fpie",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-fno-gnu-unique",
    "-fno-strict-aliasing",
    "-fno-delete-null-pointer-checks",
    "-fno-function-sections",
    "-fno-data-sections",
    "-fno-stack-protector",
    "-U_FORTIFY_SOURCE",
]

_AMD64_COPTS = ["-fcf-protection=none"]

_ARM64_COPTS = [
    "-ffixed-x28",
    "-mno-outline-atomics",
]

_SYSTEM_COPTS = select({
    _AMD64: _RUNTIME_COPTS + _AMD64_COPTS,
    _ARM64: _RUNTIME_COPTS + _ARM64_COPTS,
})

# C++ on a goroutine stack: small, its pointer 8-aligned, no library below it. Without the red zone
# the sizes that the compiler reports are complete, so that tools/leaf can prove the depth from the
# code and its unwind tables, which become the leaf frame table. Jump tables would be indirect
# jumps.
_LEAF_ONLY_COPTS = [
    "-ffreestanding",
    "-fvisibility=hidden",
    "-fno-stack-clash-protection",
    "-fomit-frame-pointer",
    "-fasynchronous-unwind-tables",
    "-fno-jump-tables",
    # A vector value makes GCC set up an aligned frame with RBP, even where the vector only joins two
    # stores of a word: half of all leaf functions had one.
    "-fno-tree-vectorize",
]

_LEAF_COPTS = select({
    _AMD64: _RUNTIME_COPTS + _AMD64_COPTS + _LEAF_ONLY_COPTS + [
        "-mpreferred-stack-boundary=3",
        "-mno-red-zone",
    ],
    _ARM64: _RUNTIME_COPTS + _ARM64_COPTS + _LEAF_ONLY_COPTS,
})

# Every header of the runtime, written or generated. Who may include whom is checked by tools/lint,
# and Bazel rebuilds only what the compiler saw included.
_HEADERS = ["//runtime:headers", "//asm:generated_headers"]

def gort_library(name, deps = [], srcs = None, visibility = ["//visibility:public"]):
    """One folder of the runtime. Files are found, not listed.

    *_leaf.cc and *_leaf.S run on goroutine stacks, every other .cc and .S on system stacks. Makes :name, and :name_leaf
    for the leaf part alone, which tools/leaf reads. Headers come to everybody through //runtime:headers, where the
    package is named once.

    Args:
      name: the folder's name
      deps: the folders below this one, for the link of tests and tools
      srcs: instead of the folder's own files (generated sources)
      visibility: as usual
    """
    if srcs == None:
        srcs = native.glob(
            ["*.cc", "*.S"],
            exclude = ["*_test.cc", "*_bench.cc"],
            allow_empty = True,
        )
    leaf = [src for src in srcs if src.endswith("_leaf.cc") or src.endswith("leaf.S")]
    native.filegroup(
        name = name + "_hdrs",
        srcs = native.glob(["*.h"], allow_empty = True),
        visibility = ["//visibility:public"],
    )
    cc_library(
        name = name + "_leaf",
        srcs = leaf,
        copts = _LEAF_COPTS,
        linkstatic = True,
        visibility = visibility,
        deps = _HEADERS,
    )
    cc_library(
        name = name,
        srcs = [src for src in srcs if src not in leaf],
        copts = _SYSTEM_COPTS,
        # g is a local-exec TLS symbol: this code goes into executables only.
        linkstatic = True,
        visibility = visibility,
        deps = deps + _HEADERS + [":" + name + "_leaf"],
    )

def gort_test(name, srcs, deps = [], data = [], size = "small", **kwargs):
    """A GoogleTest program. It may include every header of the runtime; it links its deps and what they need."""
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = WARNINGS + select({
            _AMD64: [],
            _ARM64: ["-ffixed-x28"],  # tests set and read g
        }),
        data = data,
        # Debian's qemu-user does not start threads of dynamically linked arm64 programs.
        linkopts = select({
            _AMD64: [],
            _ARM64: ["-static"],
        }),
        deps = deps + _HEADERS + select({
            _AMD64: ["@com_google_googletest//:gtest_main"],
            _ARM64: ["//tests/support:main_without_g"],
        }),
        **kwargs
    )

def gort_tests(deps = [], size = "small", exclude = [], **kwargs):
    """One GoogleTest program for each *_test.cc of this folder; other .cc and .h files there are linked to all."""
    helpers = native.glob(
        ["*.cc", "*.h"],
        exclude = ["*_test.cc", "*_bench.cc"],
        allow_empty = True,
    )
    for src in native.glob(["*_test.cc"], exclude = exclude, allow_empty = True):
        gort_test(name = src[:-len(".cc")], srcs = [src] + helpers, deps = deps, size = size, **kwargs)
    native.test_suite(name = "tests")

def gort_benchmarks(deps = [], **kwargs):
    """One Google Benchmark program for each *_bench.cc of this folder."""
    for src in native.glob(["*_bench.cc"], allow_empty = True):
        cc_binary(
            name = src[:-len(".cc")],
            testonly = True,
            srcs = [src],
            copts = WARNINGS,
            target_compatible_with = [_AMD64],
            deps = deps + _HEADERS + ["@com_google_benchmark//:benchmark_main"],
            **kwargs
        )

ABSEIL = ["@com_google_absl//absl/" + target for target in [
    "algorithm:container",
    "cleanup",
    "container:flat_hash_map",
    "container:flat_hash_set",
    "status",
    "status:statusor",
    "strings",
    "strings:str_format",
    "types:span",
]]

def gort_tool_library(name, srcs = None, hdrs = None, deps = [], visibility = ["//visibility:public"]):
    """The C++ of one folder on the tool side: all but main.cc (or *_main.cc) and tests, with Abseil."""
    if srcs == None:
        srcs = native.glob(["*.cc"], exclude = ["*_test.cc", "*_bench.cc", "main.cc", "*_main.cc"], allow_empty = True)
    if hdrs == None:
        hdrs = native.glob(["*.h"], allow_empty = True)
    cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        copts = WARNINGS,
        visibility = visibility,
        deps = deps + ABSEIL,
    )

def gort_tool(name, srcs = ["main.cc"], deps = [], visibility = ["//visibility:public"], **kwargs):
    """A C++ program of the tool side."""
    cc_binary(
        name = name,
        srcs = srcs,
        copts = WARNINGS,
        visibility = visibility,
        deps = deps + ABSEIL,
        **kwargs
    )

def go_binary(name, srcs, visibility = ["//visibility:public"]):
    """A Go program for the host (package main, std only), built by the installed Go."""
    native.genrule(
        name = name,
        srcs = srcs,
        outs = [name + ".bin"],
        cmd = """
export GOROOT={goroot} GO111MODULE=off GOFLAGS= CGO_ENABLED=0 GOPATH=/nonexistent
GOCACHE=$$(mktemp -d); export GOCACHE; trap 'rm -rf "$$GOCACHE"' EXIT
$$GOROOT/bin/go build -ldflags='-s -w' -o $@ $(SRCS)
""".format(goroot = GOROOT),
        executable = True,
        visibility = visibility,
    )

def _cc_toolchain(ctx):
    toolchain = ctx.toolchains["@bazel_tools//tools/cpp:toolchain_type"]
    return getattr(toolchain, "cc", toolchain)

def _archives(deps, leaf):
    """The static libraries below deps: those of leaf code (gort_library's :name_leaf), or the others."""
    archives = []
    for dep in deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in linker_input.libraries:
                archive = library.static_library or library.pic_static_library
                if archive and archive.basename.endswith("_leaf.a") == leaf and archive not in archives:
                    archives.append(archive)
    return archives

# A function that an inline function of a header became exists in leaf code and in system code,
# compiled with different flags. Made local to the leaf object, the two can not be taken for each
# other. Variables stay shared.
_LEAF_LINK = """
set -eu
ld=$1 nm=$2 objcopy=$3 objdump=$4 script=$5 out=$6 listing=$7; shift 7
"$ld" -r -z noexecstack --force-group-allocation -T "$script" -o "$out.all" --whole-archive "$@"
"$nm" "$out.all" | awk '$2 == "W" { print $3 }' > "$out.weak"
"$objcopy" --localize-symbols="$out.weak" "$out.all" "$out"
"$objdump" -d --no-show-raw-insn -j .text.gort_leaf "$out" > "$listing"
rm "$out.all" "$out.weak"
"""

def _gort_leaf_object_impl(ctx):
    toolchain = _cc_toolchain(ctx)
    archives = _archives(ctx.attr.deps, leaf = True)
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    listing = ctx.actions.declare_file(ctx.label.name + ".dis")
    ctx.actions.run_shell(
        command = _LEAF_LINK,
        arguments = [
            toolchain.ld_executable,
            toolchain.nm_executable,
            toolchain.objcopy_executable,
            toolchain.objdump_executable,
            ctx.file.script.path,
            out.path,
            listing.path,
        ] + [archive.path for archive in archives],
        inputs = depset(archives + [ctx.file.script], transitive = [toolchain.all_files]),
        outputs = [out, listing],
        mnemonic = "GortLeafObject",
        progress_message = "Linking leaf code",
    )
    return [
        DefaultInfo(files = depset([out])),
        OutputGroupInfo(disassembly = depset([listing])),
    ]

gort_leaf_object = rule(
    implementation = _gort_leaf_object_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "script": attr.label(allow_single_file = True, mandatory = True, doc = "gathers all text in .text.gort_leaf"),
    },
    doc = """All leaf code below deps as one object with one text section, for tools/leaf and gort_object.

The output group "disassembly" is objdump's listing of that section.""",
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
    incompatible_use_toolchain_transition = True,
)

def _gort_object_impl(ctx):
    toolchain = _cc_toolchain(ctx)
    archives = _archives(ctx.attr.deps, leaf = False)
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    args = ctx.actions.args()
    args.add_all(["-r", "-z", "noexecstack"])
    args.add("-o", out)
    args.add(ctx.file.leaf)
    args.add("--whole-archive")
    args.add_all(archives)
    ctx.actions.run(
        executable = toolchain.ld_executable,
        arguments = [args],
        inputs = depset(archives + [ctx.file.leaf], transitive = [toolchain.all_files]),
        outputs = [out],
        mnemonic = "GortObject",
        progress_message = "Linking %s into one object" % ctx.label,
    )
    return [DefaultInfo(files = depset([out]))]

gort_object = rule(
    implementation = _gort_object_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "leaf": attr.label(allow_single_file = [".o"], mandatory = True, doc = "a gort_leaf_object of the same deps"),
    },
    doc = "Links every object of its deps, used or not, into one relocatable object (ld -r).",
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
    incompatible_use_toolchain_transition = True,
)
