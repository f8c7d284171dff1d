"""Repositories made from what Debian installs: no downloads, no copies of other people's code.

Headers of Debian's -dev packages are in /usr/include, where the compiler finds them; a target here stands for the
linker options of the library.
"""

_HEAD = 'load("@rules_cc//cc:defs.bzl", "cc_library")\npackage(default_visibility = ["//visibility:public"])\n'

def _cc_library(name, linkopts = [], deps = []):
    return "cc_library(name = %r, linkopts = %r, deps = %r)\n" % (name, linkopts, deps)

# The names under which Abseil's own documentation lists its libraries: package -> targets.
_ABSEIL_TARGETS = {
    "algorithm": ["algorithm", "container"],
    "base": ["base", "config", "core_headers", "dynamic_annotations", "endian", "log_severity", "prefetch"],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": ["failure_signal_handler", "stacktrace", "symbolize"],
    "flags": ["flag", "parse", "reflection", "usage"],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["type_traits"],
    "numeric": ["bits", "int128"],
    "random": ["random"],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": ["any", "compare", "optional", "span", "variant"],
    "utility": ["utility"],
}

# Of libabsl-dev, what the targets above can need; --as-needed and archive semantics drop the rest.
_ABSEIL_ARCHIVES = [
    "bad_any_cast_impl",
    "bad_optional_access",
    "bad_variant_access",
    "base",
    "city",
    "civil_time",
    "cord",
    "cord_internal",
    "cordz_functions",
    "cordz_handle",
    "cordz_info",
    "cordz_sample_token",
    "debugging_internal",
    "demangle_internal",
    "examine_stack",
    "exponential_biased",
    "failure_signal_handler",
    "flags_commandlineflag",
    "flags_commandlineflag_internal",
    "flags_config",
    "flags_internal",
    "flags_marshalling",
    "flags_parse",
    "flags_private_handle_accessor",
    "flags_program_name",
    "flags_reflection",
    "flags_usage",
    "flags_usage_internal",
    "graphcycles_internal",
    "hash",
    "hashtablez_sampler",
    "int128",
    "leak_check",
    "log_severity",
    "low_level_hash",
    "malloc_internal",
    "periodic_sampler",
    "random_distributions",
    "random_internal_platform",
    "random_internal_pool_urbg",
    "random_internal_randen",
    "random_internal_randen_hwaes",
    "random_internal_randen_hwaes_impl",
    "random_internal_randen_slow",
    "random_internal_seed_material",
    "random_seed_gen_exception",
    "random_seed_sequences",
    "raw_hash_set",
    "raw_logging_internal",
    "spinlock_wait",
    "stacktrace",
    "status",
    "statusor",
    "str_format_internal",
    "strerror",
    "strings",
    "strings_internal",
    "symbolize",
    "synchronization",
    "throw_delegate",
    "time",
    "time_zone",
]

def _debian_abseil_impl(ctx):
    linkopts = ["-Wl,--push-state,--as-needed,--start-group"] + \
               ["-labsl_" + archive for archive in _ABSEIL_ARCHIVES] + \
               ["-Wl,--end-group,--pop-state"]
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("BUILD.bazel", _HEAD + _cc_library("all_archives", linkopts = linkopts))
    for package, targets in _ABSEIL_TARGETS.items():
        ctx.file(
            "absl/%s/BUILD.bazel" % package,
            _HEAD + "".join([_cc_library(target, deps = ["//:all_archives"]) for target in targets]),
        )

debian_abseil = repository_rule(
    implementation = _debian_abseil_impl,
    doc = "Abseil's target names (@com_google_absl//absl/strings and so on) on Debian's libabsl-dev.",
)

def _debian_library_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file(
        "BUILD.bazel",
        _HEAD + "".join([_cc_library(name, linkopts = opts) for name, opts in ctx.attr.libraries.items()]),
    )

debian_library = repository_rule(
    implementation = _debian_library_impl,
    attrs = {"libraries": attr.string_list_dict(doc = "target name -> linker options")},
    doc = "A library of a -dev package whose headers the compiler finds by itself.",
)

def _debian_headers_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("BUILD.bazel", _HEAD + _cc_library(ctx.name))

debian_headers = repository_rule(
    implementation = _debian_headers_impl,
    doc = "A header-only -dev package.",
)

def _rules_repository_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("BUILD.bazel", "package(default_visibility = [\"//visibility:public\"])\n" + "".join([
        "filegroup(name = %r)\n" % name
        for name in ctx.attr.filegroups
    ]))
    if ctx.attr.defs:
        ctx.file(ctx.attr.defs.rpartition("/")[0] + "/BUILD.bazel", "")
        ctx.file(ctx.attr.defs, "".join(["%s = native.%s\n" % (rule, rule) for rule in ctx.attr.rules]))

rules_repository = repository_rule(
    implementation = _rules_repository_impl,
    attrs = {
        "defs": attr.string(doc = "path of the .bzl file that Bazel's tools load"),
        "filegroups": attr.string_list(doc = "empty filegroups that Bazel's tools name"),
        "rules": attr.string_list(doc = "built-in rules that the .bzl file hands on"),
    },
    doc = """Stands for a rules_* repository with the rules built into Bazel 4.

Debian's bazel-rules-cc does not load in Debian's Bazel (it wants use_cpp_toolchain, which came in Bazel 5), and the
built-in rules are all that this project needs.""",
)

def _go_root_impl(ctx):
    root = ctx.os.environ.get("GORT_GOROOT") or "/usr/lib/go-1.15"
    version_file = ctx.path(root + "/VERSION")
    if not version_file.exists:
        fail("no Go 1.15 at %s: install golang-1.15-go, or name another GOROOT in GORT_GOROOT" % root)
    version = ctx.read(version_file).strip()
    if not version.startswith("go1.15"):
        fail("%s is %s; gort links objects of Go 1.15 only" % (root, version))
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("BUILD.bazel", "")
    ctx.file("defs.bzl", "GOROOT = %r\nGO_VERSION = %r\n" % (root, version))

go_root = repository_rule(
    implementation = _go_root_impl,
    environ = ["GORT_GOROOT"],
    local = True,
    doc = "Where the stock Go 1.15 is: load(\"@go_root//:defs.bzl\", \"GOROOT\").",
)
