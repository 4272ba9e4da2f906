# Prints what can be asked of make, from comments in the makefiles:
#
#   target: prerequisites ##group What it does
#   ##variable NAME=default What it is for
#
# A group is one of those below; another one is shown last, under its own name.

BEGIN {
    count = split("build run grade check docs", order)
    title["build"] = "Building"
    title["run"] = "Running and debugging"
    title["grade"] = "Grading"
    title["check"] = "Measuring and checking"
    title["docs"] = "Documentation"
}

/^[A-Za-z0-9_.-]+:.*##[a-z]+ / {
    target = $0
    sub(/:.*/, "", target)
    text = $0
    sub(/^.*##/, "", text)
    group = text
    sub(/ .*/, "", group)
    sub(/^[a-z]+ /, "", text)
    if (!(group in title)) {
        title[group] = group
        order[++count] = group
    }
    lines[group] = lines[group] sprintf("  %-24s %s\n", target, text)
}

/^##variable / {
    text = $0
    sub(/^##variable [^ ]+ /, "", text)
    variables = variables sprintf("  %-24s %s\n", $2, text)
}

END {
    print "make TARGET [VARIABLE=value]...\n"
    for (i = 1; i <= count; i++) {
        if (order[i] in lines)
            printf "%s\n%s\n", title[order[i]], lines[order[i]]
    }
    printf "Variables, with their defaults\n%s", variables
}
