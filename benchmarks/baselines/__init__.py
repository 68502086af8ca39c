"""What a competent user would write without this package; tests hold them to the same laws."""
