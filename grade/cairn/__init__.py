"""Cairn's grader: boots the kernel in QEMU, asks it questions, and judges the answers."""
