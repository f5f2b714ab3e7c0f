"""The boundary to the Sheets API: client, credentials, and the frozen view of a spreadsheet that actions read."""
