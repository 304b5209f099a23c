# A message centre of Perl's Net::SMPP, with the alphabets of Perl's Encode. It writes what it hears as lines of JSON and
# takes orders as such lines; it ends when nobody gives orders any more.
use strict;
use warnings;
use Encode;
use IO::Select;
use JSON::PP;
use Net::SMPP;

$| = 1;
binmode STDOUT;
my $server = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "cannot listen: $!";
my $select = IO::Select->new($server, \*STDIN);
my (@bound, @statuses, $orders);
my ($ids, $ref) = (0, 0);
$orders = '';

sub report { print JSON::PP->new->utf8->canonical->encode($_[0]), "\n" }
report({ listening => $server->sockport });

for (;;) {
  for my $ready ($select->can_read) {
    if ($ready == \*STDIN) {
      exit 0 unless sysread(STDIN, $orders, 65536, length $orders);
      obey(JSON::PP->new->utf8->decode($1)) while $orders =~ s/^(.*)\n//;
    } elsif ($ready == $server) {
      $select->add($server->accept);
    } else {
      my $pdu = do { local $SIG{__WARN__} = sub { }; $ready->read_pdu };
      $pdu ? answer($ready, $pdu) : leave($ready);
    }
  }
}

sub leave {
  my $line = shift;
  @bound = grep { $_ != $line } @bound;
  $select->remove($line);
  $line->close;
  report({ cmd => 'closed' });
}

sub answer {
  my ($line, $pdu) = @_;
  my $cmd = $pdu->explain_cmd;
  my %seq = (seq => $pdu->seq);
  report(heard($pdu, $cmd));
  if ($cmd =~ /^bind_(transceiver|transmitter|receiver)$/) {
    my $status = $pdu->{password} eq 'pass1234' ? 0 : 0x0e;
    my $respond = "${cmd}_resp";
    $line->$respond(%seq, status => $status, system_id => 'perl');
    push @bound, $line if !$status;
  } elsif ($cmd eq 'submit_sm') {
    my $status = shift(@statuses) // 0;
    return if $status eq 'silence';
    return $line->generic_nack(%seq, status => 0x02) if $status eq 'nack';
    $line->submit_sm_resp(%seq, status => $status, message_id => $status ? '' : sprintf('perl-%d', ++$ids));
  } elsif ($cmd eq 'enquire_link') {
    $line->enquire_link_resp(%seq);
  } elsif ($cmd eq 'unbind') {
    $line->unbind_resp(%seq);
  }
}

# Its fields, and the words as Perl reads them.
sub heard {
  my ($pdu, $cmd) = @_;
  my %told = (cmd => $cmd, status => $pdu->status, seq => $pdu->seq);
  for my $field (qw(system_id password interface_version source_addr source_addr_ton destination_addr dest_addr_ton
      esm_class registered_delivery data_coding)) {
    $told{$field} = $pdu->{$field} if defined $pdu->{$field};
  }
  return \%told unless $cmd eq 'submit_sm';
  $told{segment} = unpack 'C', $pdu->{sar_segment_seqnum} if defined $pdu->{sar_segment_seqnum};
  my $bytes = length $pdu->{short_message} ? $pdu->{short_message} : $pdu->{message_payload} // '';
  $told{bytes} = length $bytes;
  $bytes = substr $bytes, 1 + unpack 'C', $bytes if $pdu->{esm_class} & 0x40;
  $told{words} = decode($pdu->{data_coding} == 8 ? 'UTF-16BE' : 'gsm0338', $bytes);
  return \%told;
}

sub obey {
  my $order = shift;
  # The first is the one that listens; others only send.
  my $line = $bound[0];
  my $do = $order->{do};
  if ($do eq 'status') { push @statuses, @{ $order->{next} } }
  elsif ($do eq 'enquire') { $line->enquire_link(async => 1) }
  elsif ($do eq 'query') { $line->query_sm(message_id => 'x', async => 1) }
  elsif ($do eq 'unbind') { $line->unbind(async => 1) }
  elsif ($do eq 'receipt') { receipt($line, $order) }
  elsif ($do eq 'write') { customer_writes($line, $order) }
}

# What a customer writes: `how` is udh8, udh16, sar or payload.
sub customer_writes {
  my ($line, $order) = @_;
  my ($coding, $how) = @$order{qw(coding how)};
  my $bytes = encode($coding == 8 ? 'UTF-16BE' : 'gsm0338', $order->{words});
  # Cut as centres do: through letters of two halves.
  my $most = $how eq 'payload' ? 32000 : $coding == 8 ? 134 - 2 * ($how eq 'udh16') : 153 - ($how eq 'udh16');
  my @parts = $bytes =~ /(.{1,$most})/gs;
  $ref++;
  report({ cmd => 'wrote', parts => scalar @parts });
  my @fields = (source_addr => $order->{from}, source_addr_ton => 1, destination_addr => '16400', data_coding => $coding);
  for my $n (1 .. @parts) {
    my $part = $parts[$n - 1];
    my @more = (short_message => $part);
    if ($how eq 'payload') { @more = (message_payload => $part) }
    elsif (@parts > 1 && $how eq 'sar') {
      push @more, sar_msg_ref_num => pack('n', $ref), sar_total_segments => pack('C', scalar @parts),
        sar_segment_seqnum => pack('C', $n);
    } elsif (@parts > 1) {
      my $header = $how eq 'udh16' ? pack('CCCnCC', 6, 8, 4, 1000 + $ref, scalar @parts, $n)
        : pack('CCCCCC', 5, 0, 3, $ref, scalar @parts, $n);
      @more = (short_message => $header . $part, esm_class => 0x40);
    }
    $line->deliver_sm(@fields, @more, async => 1);
  }
}

sub receipt {
  my ($line, $order) = @_;
  my $words = "id:$order->{id} sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:$order->{stat} err:$order->{err} text:";
  my @fields = $order->{state} ? (receipted_message_id => "$order->{id}\0", message_state => pack('C', $order->{state})) : ();
  $line->deliver_sm(source_addr => $order->{from}, destination_addr => '16400', esm_class => 4, short_message => $words, @fields, async => 1);
}
