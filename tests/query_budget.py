"""How many queries each page and each list may take, and which of them count rows, and why."""

BUDGET: dict[str, int] = {}
COUNTED: dict[str, str] = {}
