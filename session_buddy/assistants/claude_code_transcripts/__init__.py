"""Transcripts of Claude Code: where they lie, whose they are, and the uses of skills in them.

Their format is internal to Claude Code and changes, so nothing in it is relied on: what has another type or shape than
it was seen to have is passed over.
"""
