"""Reports for funders: templates, drafts, what is published, and its public page.

``layout`` says what a template holds, ``drafting`` writes it for a scope and a period as one
document, ``files`` prints that document, ``publishing`` freezes it.
"""
