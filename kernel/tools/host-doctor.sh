# The part of host-tools.sh that examines the machine: every tool, its version, and what QEMU can do.
# shellcheck shell=bash disable=SC2153,SC2154

DOCTOR_FAILED=0
DOCTOR_NOTED=0

# Prints one line; $1 is ok, missing, old or lacks. What only optional groups need is not a failure.
doctor_line() {
    local state=$1 name=$2 version=$3 least=$4 groups=$5 advice=$6
    if [ "$state" != ok ]; then
        if in_groups "$groups" "$GROUPS_NEEDED"; then
            DOCTOR_FAILED=$((DOCTOR_FAILED + 1))
        else
            DOCTOR_NOTED=$((DOCTOR_NOTED + 1))
            advice="$advice; only for ${groups//,/, }"
        fi
    fi
    [ "$least" = - ] && least=any
    printf '  %-8s %-28s %-12s %-10s %s\n' "$state" "$name" "${version:--}" "$least" "$advice"
}

doctor_tool() {
    local name=$1 least=$2 package=${3//\// or } groups=$4 purpose=$5 version
    if ! tool_exists "$name"; then
        doctor_line missing "${name##*/}" '' "$least" "$groups" "$purpose: install the package $package"
        return
    fi
    version=$(tool_version "$name")
    if version_reaches "${version:-0}" "$least"; then
        doctor_line ok "${name##*/}" "$version" "$least" "$groups" "$purpose"
    else
        doctor_line old "${name##*/}" "$version" "$least" "$groups" \
            "$purpose: upgrade the package $package, or take a newer release of your system"
    fi
}

doctor_python() {
    local module least package groups purpose version interpreter
    rm -f "$NOTES/python"
    interpreter=$(python_interpreter)
    if [ -z "$interpreter" ]; then
        doctor_line missing python3 '' "$PYTHON_LEAST" python \
            "runs the project's own tools: install the package python3"
        return
    fi
    doctor_line ok "$interpreter" "$(tool_version "$interpreter")" "$PYTHON_LEAST" python \
        "runs the project's own tools"
    while read -r module _ least package groups purpose; do
        case $module in '' | '#'*) continue ;; esac
        version=$(python_module_version "$module")
        if [ -z "$version" ]; then
            doctor_line missing "  $module" '' "$least" "$groups" "$purpose: install the package $package"
        elif version_reaches "$version" "$least"; then
            doctor_line ok "  $module" "$version" "$least" "$groups" "$purpose"
        else
            doctor_line old "  $module" "$version" "$least" "$groups" \
                "$purpose: upgrade the package $package"
        fi
    done <<<"$PYTHON_MODULES"
    doctor_passed_over "$interpreter"
}

# A python3 that comes first in PATH but lacks the modules is the most common surprise.
doctor_passed_over() {
    local first
    first=$(command -v "${PYTHON:-python3}")
    if [ -n "$first" ] && [ "$first" != "$1" ]; then
        echo "           $first lacks some of the modules; $1 is used instead of it"
    fi
}

# Whether QEMU for target $1 lists feature $3 of kind $2.
qemu_has() {
    local list
    list=$("qemu-system-$1" "-$2" help 2>/dev/null </dev/null)
    grep -qE "(^|[ \"])$3([\" ,]|\$)" <<<"$list"
}

doctor_qemu() {
    local feature package
    tool_exists "qemu-system-$1" || return
    package=$(qemu_package "$1")
    for feature in $(qemu_features "$1"); do
        if ! qemu_has "$1" "${feature%%:*}" "${feature#*:}"; then
            doctor_line lacks "qemu-system-$1" '' - run \
                "${feature%%:*} ${feature#*:}: take QEMU from the package ${package//|/ or }"
            return
        fi
    done
    doctor_line ok "  its machine and devices" '' - run "$(qemu_features "$1")"
}

doctor() {
    local arch command least package groups purpose wanted
    local seen=' '
    printf '  %-8s %-28s %-12s %-10s %s\n' '' tool version least 'what for'
    for arch in $ARCH $ARCHES; do
        while IFS='|' read -r command least package groups purpose; do
            case $seen in *" $command "*) continue ;; esac
            seen="$seen$command "
            # Tools for the other architectures are needed only there.
            wanted=$groups
            case $purpose in *"$arch"*) [ "$arch" = "$ARCH" ] || wanted="ARCH=$arch" ;; esac
            doctor_tool "$command" "$least" "$package" "$wanted" "$purpose"
            [ "$command" != "qemu-system-$arch" ] || doctor_qemu "$arch"
        done < <(tools_for "$arch")
    done
    doctor_python
    echo
    if [ "$DOCTOR_FAILED" -gt 0 ]; then
        echo "$DOCTOR_FAILED of the tools for building, running and testing on $ARCH need attention." \
            "\`make deps\` installs what is missing."
        return 1
    fi
    if [ "$DOCTOR_NOTED" -gt 0 ]; then
        echo "All is there to build, run and test on $ARCH; $DOCTOR_NOTED notes above."
    else
        echo "All is there."
    fi
}
