package Mail::SpamAssassin;
our $VERSION = "4.000001";
1;
