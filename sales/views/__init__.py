"""The shop's office pages: plain forms over the services that the API calls."""
