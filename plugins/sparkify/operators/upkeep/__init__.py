"""The operators besides the load: tables made, changes found, old rows dropped."""
