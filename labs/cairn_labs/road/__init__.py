"""The student's road from lab to lab: merging, starting afresh, adopting, hints, handing in."""
