"""The ground floor's pages: settings, people, one's own account."""
