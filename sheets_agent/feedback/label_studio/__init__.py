"""Label Studio over plain HTTP: people answer, rate and correct there, and what models said is put there for them."""
