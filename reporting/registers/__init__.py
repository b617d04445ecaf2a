"""Registers the law asks for, the national file, and what éco-organismes are billed for."""
