"""The project's own rules, and the analysers that it uses: `make check`."""
