"""A local implementation of the Sheets API v4, behind the real Google client."""
